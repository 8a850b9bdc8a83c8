"""A browser for tests that checks every page it fetches, and works pages by the words people see on them.

browser = Browser(app)
page = browser.open("/motions")
page = page.click("Propose a motion")
page = page.fill("Title", "More buses").choose("Branch", "Alder").press("Save draft")
assert "Saved" in page.text
"""

from __future__ import annotations

import contextvars
import io
from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import parse_qsl, urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from tests.web import lint

MOST_REDIRECTS = 5


class Browser:
    """Flask's test client with manners: follows redirects, keeps cookies, lints what it gets.

    Each request runs outside the test's own application context, as in production, so that nothing of one request
    (the person, the session of the database) leaks into the next.
    """

    def __init__(self, app: Flask, **headers: str) -> None:
        self.app = app
        self.headers = headers
        self.client = app.test_client()
        self.host = app.config["SERVER_NAME"] or "localhost"

    def open(self, address: str, expect: int = 200, **request: Any) -> Page:
        """The page at an address, after any redirects; its status must be the one expected.

        Raises:
            AssertionError: for another status, or for anything that `lint.faults` finds.
        """
        answer, address = self._fetch(address, **request)
        page = Page(self, address, answer)
        assert answer.status_code == expect, f"{address} answered {answer.status_code}, not {expect}: {page.text[:800]}"
        return page

    def send(self, address: str, data: dict[str, Any] | None = None, expect: int = 200) -> Page:
        """POST what no button on a page would send (without a token unless `data` has one): for refusals."""
        return self.open(address, expect, method="POST", data=data or {})

    def fetch(self, address: str, **request: Any) -> TestResponse:
        """The bare answer, redirects not followed and nothing checked: for files, headers and JSON."""
        return contextvars.Context().run(self.client.open, address, headers=self.headers, **request)

    def resolves(self, path: str, method: str = "GET") -> bool:
        """Whether the application has a route for it."""
        try:
            self.app.url_map.bind(self.host).match(path, method=method)
        except RequestRedirect:
            return True
        except (MethodNotAllowed, HTTPException):
            return False
        return True

    def _fetch(self, address: str, **request: Any) -> tuple[TestResponse, str]:
        answer = self.fetch(address, **request)
        for _ in range(MOST_REDIRECTS):
            if answer.status_code not in (301, 302, 303, 307, 308):
                return answer, address
            there = urlsplit(urljoin(address, answer.headers["Location"]))
            assert there.netloc in ("", self.host), f"{address} sends people off the site, to {there.geturl()}."
            address = there.path + (f"?{there.query}" if there.query else "")
            answer = self.fetch(address)
        raise AssertionError(f"{address} goes round in a circle.")


class Page:
    """One page as it was fetched, and what has been typed on it since."""

    def __init__(self, browser: Browser, address: str, answer: TestResponse) -> None:
        self.browser = browser
        self.address = address
        self.answer = answer
        self.status = answer.status_code
        self.html = answer.get_data(as_text=True) if str(answer.mimetype).startswith("text/") else ""
        self.is_page = answer.mimetype == "text/html"
        self._typed: dict[Element, Any] = {}
        if self.is_page:
            wrong = lint.faults(self.html, browser.resolves)
            assert not wrong, f"{address}:\n" + "\n".join(wrong)
            self.tree = lint.parse(self.html)
            self._ids = {str(node.get("id")): node for node in self.tree.iter() if node.get("id")}

    # What is on it

    @property
    def title(self) -> str:
        """The words of the one h1."""
        return lint.text_of(next(self.tree.iter("h1")))

    @property
    def text(self) -> str:
        """All words of the body, spaces made one; of something that is not a page, its text."""
        return lint.text_of(self.tree.find("body") or self.tree) if self.is_page else self.html

    @property
    def main(self) -> str:
        """The words of the main part: without menu and foot."""
        return lint.text_of(next(self.tree.iter("main")))

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [lint.text_of(i) for box in self.find_all(cls="govuk-error-summary__list") for i in box.iter("li")]

    @property
    def notices(self) -> list[str]:
        """The flashed messages."""
        return [lint.text_of(notice) for notice in self.find_all(cls="govuk-notification-banner__heading")]

    def find_all(
        self, tag: str | None = None, *, cls: str = "", text: str | None = None, **attributes: str
    ) -> list[Element]:
        """Elements by tag, class, words (all of them) and attributes (`aria_current="page"`)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            node
            for node in self.tree.iter(tag)
            if isinstance(node.tag, str)
            and (not cls or cls in node.get("class", "").split())
            and all(node.get(name) == value for name, value in wanted.items())
            and (text is None or lint.text_of(node) == text)
        ]

    def find(self, tag: str | None = None, *, cls: str = "", text: str | None = None, **attributes: str) -> Element:
        """The one such element."""
        found = self.find_all(tag, cls=cls, text=text, **attributes)
        assert len(found) == 1, f"{self.address} has {len(found)} of <{tag} {cls} {text} {attributes}>, not one."
        return found[0]

    def words(self, element: Element) -> str:
        """The words in an element."""
        return lint.text_of(element)

    def rows(self, caption: str) -> list[list[str]]:
        """The table of that caption, head first, cell by cell."""
        for table in self.tree.iter("table"):
            if any(lint.text_of(c) == caption for c in table.iter("caption")):
                return [[lint.text_of(c) for c in row if c.tag in ("td", "th")] for row in table.iter("tr")]
        raise AssertionError(f"{self.address} has no table “{caption}”.")

    def links(self) -> dict[str, str]:
        """Words → address of every link, in the order of the page (the first of equal ones)."""
        found: dict[str, str] = {}
        for node in self.tree.iter("a"):
            if node.get("href"):
                found.setdefault(lint.name_of(node, self._ids), node.get("href", ""))
        return found

    def buttons(self) -> list[str]:
        """The names of the buttons a person can press."""
        return [lint.name_of(b, self._ids) for b in self._pressable()]

    # What people do with it

    def click(self, words: str, expect: int = 200) -> Page:
        """Follow the link with these words (the whole of them, or else the only link that contains them)."""
        links = self.links()
        near = [w for w in links if words in w]
        assert words in links or len(near) == 1, f"{self.address} has no link “{words}”, but {sorted(links)}."
        return self.browser.open(urljoin(self.address, links[words if words in links else near[0]]), expect)

    def fill(self, label: str, value: object, within: str = "") -> Self:
        """Type into the field with this label; `within` is the legend of its group, as for parts of a date."""
        self._typed[self._field(label, ("input", "textarea"), within)] = str(value)
        return self

    def fill_all(self, **values: object) -> Self:
        """Type into fields by their names in the form: for long forms."""
        for name, value in values.items():
            self._typed[self.find(name=name)] = str(value)
        return self

    def choose(self, label: str, option: str, within: str = "") -> Self:
        """Choose an option, by its words or value, of the select with this label or radios with this legend."""
        for group in self.tree.iter("fieldset"):
            if any(lint.text_of(legend) == label for legend in group.iterfind("legend")):
                radio = self._in_group(group, option)
                for other in group.iter("input"):
                    if other.get("type") == "radio" and other.get("name") == radio.get("name"):
                        self._typed[other] = other is radio
                return self
        field = self._field(label, ("select",), within)
        for choice in field.iter("option"):
            if option in (lint.text_of(choice), choice.get("value")):
                self._typed[field] = choice.get("value", lint.text_of(choice))
                return self
        raise AssertionError(f"“{label}” does not offer “{option}”.")

    def tick(self, label: str, on: bool = True, within: str = "") -> Self:
        """Tick the box with this label."""
        self._typed[self._field(label, ("input",), within)] = on
        return self

    def attach(self, label: str, name: str, content: bytes) -> Self:
        """Choose a file for the field with this label."""
        self._typed[self._field(label, ("input",), "")] = (content, name)
        return self

    def press(self, name: str, expect: int = 200, *, form: str = "") -> Page:
        """Press the button of this name and follow; `form` is part of its form's action, where several have one."""
        button, sheet = self._button(name, form)
        data = MultiDict(self._values(sheet))
        if button.get("name"):
            data.add(button.get("name", ""), button.get("value", ""))
        action = urljoin(self.address, button.get("formaction") or sheet.get("action", ""))
        if sheet.get("method") == "get":
            path, _, query = action.partition("?")
            return self.browser.open(path, expect, query_string=MultiDict([*parse_qsl(query), *data.items(multi=True)]))
        sent: dict[str, Any] = {key: data.getlist(key) for key in data}
        kind = sheet.get("enctype", "application/x-www-form-urlencoded")
        return self.browser.open(action, expect, method="POST", data=sent, content_type=kind)

    # How it finds things

    def _pressable(self) -> Iterator[Element]:
        for form in self.tree.iter("form"):
            yield from (b for b in form.iter("button") if b.get("type") != "button" and b.get("aria-hidden") != "true")

    def _button(self, name: str, action: str) -> tuple[Element, Element]:
        found = [
            (button, form)
            for form in self.tree.iter("form")
            if action in form.get("action", "")
            for button in form.iter("button")
            if button.get("aria-hidden") != "true" and lint.name_of(button, self._ids) == name
        ]
        assert len(found) == 1, f"{self.address} has {len(found)} buttons “{name}”; it has {self.buttons()}."
        assert found[0][0].get("disabled") is None, f"“{name}” cannot be pressed."
        return found[0]

    def _field(self, label: str, tags: tuple[str, ...], within: str) -> Element:
        area = [self.tree]
        if within:
            area = [
                f for f in self.tree.iter("fieldset") if any(lint.text_of(x) == within for x in f.iterfind("legend"))
            ]
            assert area, f"{self.address} has no group “{within}”."
        named = [node for top in area for node in top.iter("label") if lint.text_of(node) == label]
        found = [self._ids[node.get("for", "")] for node in named if node.get("for") in self._ids]
        found += [field for node in named for tag in tags for field in node.iter(tag)]
        found = [field for field in found if field.tag in tags]
        assert len(found) == 1, f"{self.address} has {len(found)} fields “{label}” {within}; labels: {self._labels()}."
        return found[0]

    def _labels(self) -> list[str]:
        return [lint.text_of(node) for node in self.tree.iter("label")]

    def _in_group(self, group: Element, option: str) -> Element:
        for label in group.iter("label"):
            radio = self._ids.get(label.get("for", ""))
            if (
                radio is not None
                and radio.get("type") == "radio"
                and option in (lint.text_of(label), radio.get("value"))
            ):
                return radio
        raise AssertionError(f"{self.address} does not offer “{option}” there.")

    def _values(self, form: Element) -> Iterator[tuple[str, Any]]:
        """What a browser would send of this form, buttons aside."""
        for node in form.iter():
            name = node.get("name")
            if name is None or node.get("disabled") is not None or node.tag not in ("input", "select", "textarea"):
                continue
            kind = node.get("type", "text") if node.tag == "input" else node.tag
            typed = self._typed.get(node)
            if kind in ("submit", "button", "reset", "image"):
                continue
            if kind in ("checkbox", "radio"):
                if typed if typed is not None else node.get("checked") is not None:
                    yield name, node.get("value", "on")
            elif kind == "file":
                yield name, (io.BytesIO(typed[0]), typed[1]) if typed else (io.BytesIO(b""), "")
            elif kind == "select":
                yield from ((name, value) for value in self._selected(node, typed))
            elif kind == "textarea":
                text = typed if typed is not None else (node.text or "")
                yield name, text.replace("\r\n", "\n").replace("\n", "\r\n")
            else:
                yield name, typed if typed is not None else node.get("value", "")

    @staticmethod
    def _selected(node: Element, typed: Any) -> list[str]:
        if typed is not None:
            return [typed]
        options = list(node.iter("option"))
        chosen = [o for o in options if o.get("selected") is not None] or ([] if node.get("multiple") else options[:1])
        return [option.get("value", lint.text_of(option)) for option in chosen]
