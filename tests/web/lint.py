"""What every page must be, told from its HTML alone: `faults(html)` lists what is wrong, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as PARSE_ERRORS

#: (address, method) → whether the application has such a route.
Resolves = Callable[[str, str], bool]

UNSEEN = {"script", "style", "template", "noscript"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
FORBIDDEN = ("gds transport", "gov.uk")


def parse(html: str) -> Element:
    """The document as a browser's own parser has it."""
    return _parsed(html)[0]


@lru_cache(maxsize=1)  # a page is judged first, and read then
def _parsed(html: str) -> tuple[Element, list[str]]:
    """The document, and each thing that the standard calls a parse error, with its line; nobody changes either."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    lines = html.splitlines()
    return tree, [
        f"This is not valid HTML: {PARSE_ERRORS[code] % about} Line {line}: {lines[line - 1].strip()[:160]}"
        for (line, _), code, about in parser.errors
    ]


def text_of(element: Element) -> str:
    """The words in an element, spaces made one, as a reader or a screen reader comes by them."""

    def words(node: Element) -> Iterator[str]:
        if node.tag not in UNSEEN:
            yield node.text or ""
            for child in node:
                yield from words(child)
                yield ("" if child.tag in _INLINE else " ") + (child.tail or "")

    return " ".join("".join(words(element)).split())


_INLINE = {"a", "abbr", "b", "code", "del", "em", "i", "ins", "span", "strong", "time", "wbr"}


def name_of(element: Element, ids: dict[str, Element]) -> str:
    """The accessible name of a button or link, near enough: aria-label, aria-labelledby, its words, alt texts."""
    if element.get("aria-label"):
        return " ".join(element.get("aria-label", "").split())
    if element.get("aria-labelledby"):
        return " ".join(text_of(ids[i]) for i in element.get("aria-labelledby", "").split() if i in ids)
    hidden = [node for node in element.iter() if node.get("aria-hidden") == "true"]
    words = text_of(element)
    for node in hidden if element not in hidden else []:
        words = " ".join(words.replace(text_of(node), "", 1).split())
    return words or " ".join(image.get("alt", "") for image in element.iter("img")).strip()


def faults(html: str, resolves: Resolves | None = None) -> list[str]:
    """Everything wrong with a page; with `resolves`, links and forms must lead somewhere too."""
    tree, invalid = _parsed(html)
    if invalid:
        return invalid
    found = [*_outline(tree), *_identities(tree), *_forms(tree), *_inline(tree), *_names(tree)]
    found += [f"The page says “{word}”, which no page may." for word in FORBIDDEN if word in html.lower()]
    return found + (list(_addresses(tree, resolves)) if resolves else [])


def _outline(tree: Element) -> Iterator[str]:
    if not tree.get("lang"):
        yield "The html element says no language."
    titles, headings = [text_of(t) for t in tree.iterfind("head/title")], [text_of(h) for h in tree.iter("h1")]
    if len(titles) != 1 or len(headings) != 1:
        yield f"A page has one title and one h1; this has {len(titles)} and {len(headings)}."
    elif not headings[0] or not (titles[0] == headings[0] or titles[0].startswith(headings[0] + " – ")):
        yield f"The title “{titles[0]}” does not begin with the h1 “{headings[0]}”."
    if len(list(tree.iter("main"))) != 1:
        yield "A page has exactly one main element."
    above = 0
    for node in tree.iter():
        if node.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            level = int(node.tag[1])
            if above and level > above + 1:
                yield f"The heading “{text_of(node)}” is an h{level} below an h{above}: a level is left out."
            above = level


def _identities(tree: Element) -> Iterator[str]:
    counted = Counter(node.get("id") for node in tree.iter() if node.get("id") is not None)
    for identity, count in counted.items():
        if count > 1:
            yield f"The id “{identity}” is used {count} times."
        if not identity or any(c.isspace() for c in identity):
            yield f"The id “{identity}” is empty or has a space in it."
    for node in tree.iter():
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            for wanted in node.get(attribute, "").split():
                if wanted not in counted:
                    yield f"{attribute}=“{wanted}” of a {node.tag} names an id that is not there."


def _forms(tree: Element) -> Iterator[str]:
    labels = {node.get("for"): text_of(node) for node in tree.iter("label") if node.get("for")}
    wrapped = {field for label in tree.iter("label") for field in label.iter() if text_of(label)}
    for form in tree.iter("form"):
        where = f"The form to “{form.get('action')}”"
        if not form.get("action"):
            yield "A form has no action."
        if form.get("method") not in ("get", "post"):
            yield f"{where} does not say its method (get or post)."
        tokens = [i for i in form.iter("input") if i.get("name") == "csrf_token" and i.get("value")]
        if form.get("method") == "post" and len(tokens) != 1:
            yield f"{where} has {len(tokens)} tokens against forgery; it needs one."
        if form.get("method") == "get" and tokens:
            yield f"{where} shows its token in the address."
    for field in (n for n in tree.iter() if n.tag in ("input", "select", "textarea")):
        if field.tag == "input" and field.get("type", "text") in UNLABELLED:
            continue
        if not (
            labels.get(field.get("id")) or field in wrapped or field.get("aria-label") or field.get("aria-labelledby")
        ):
            yield f"The field “{field.get('name')}” has no label."
    yield from _groups(tree)


def _groups(tree: Element) -> Iterator[str]:
    for form in tree.iter("form"):
        grouped = {i for f in form.iter("fieldset") if _has_legend(f) for i in f.iter("input")}
        radios = [i for i in form.iter("input") if i.get("type") == "radio"]
        for name in sorted({str(r.get("name")) for r in radios if r not in grouped}):
            yield f"The radio buttons “{name}” are not in a fieldset with a legend."


def _has_legend(fieldset: Element) -> bool:
    return any(text_of(legend) for legend in fieldset.iterfind("legend"))


def _inline(tree: Element) -> Iterator[str]:
    for node in tree.iter():
        if callable(node.tag):
            continue  # a comment
        if node.tag == "script" and not node.get("src"):
            yield "There is a script in the page itself."
        if node.tag.rpartition("}")[2] == "style" or node.get("style") is not None:
            yield f"There is style in the page itself, at a {node.tag}."
        handlers = [a for a in node.attrib if isinstance(a, str) and a.startswith("on")]
        if handlers or node.get("href", "").lower().startswith("javascript:"):
            yield f"A {node.tag} carries script: {handlers or node.get('href')}."


def _names(tree: Element) -> Iterator[str]:
    ids = {str(node.get("id")): node for node in tree.iter() if node.get("id")}
    for node in tree.iter():
        if node.tag == "img" and node.get("alt") is None:
            yield f"The picture “{node.get('src')}” has no alt text (empty will do for decoration)."
        hidden = node.get("aria-hidden") == "true"
        if (node.tag == "button" or (node.tag == "a" and node.get("href"))) and not hidden and not name_of(node, ids):
            yield f"A {node.tag} has no words: {node.attrib}."


def _addresses(tree: Element, resolves: Resolves) -> Iterator[str]:
    ids = {node.get("id") for node in tree.iter()}
    wanted = [(n.get("href", ""), "GET", "link") for n in tree.iter() if n.tag in ("a", "link") and n.get("href")]
    wanted += [(n.get("src", ""), "GET", n.tag) for n in tree.iter() if n.tag in ("img", "script") and n.get("src")]
    wanted += [(f.get("action", ""), f.get("method", "get").upper(), "form") for f in tree.iter("form")]
    wanted += [(b.get("formaction", ""), "POST", "button") for b in tree.iter("button") if b.get("formaction")]
    for address, method, what in dict.fromkeys(wanted):
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            if what in ("script", "img") and parts.scheme != "data":
                yield f"The {what} “{address}” comes from elsewhere."
        elif not parts.path and address.startswith("#"):
            if parts.fragment not in ids:
                yield f"The link “{address}” leads to an id that is not on the page."
        elif parts.path and not resolves(parts.path, method):
            yield f"The {what} to “{address}” leads nowhere ({method})."
