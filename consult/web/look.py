"""How pages are dressed: where templates are found, what every template knows, what stands in menu and foot."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from flask import Flask, current_app, g, request, url_for
from flask.templating import Environment as FlaskEnvironment
from flask_babel import Babel, Domain, get_locale
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, Undefined, pass_context
from jinja2.runtime import Macro
from markupsafe import Markup
from werkzeug.routing import BuildError

from consult import paths
from consult.web import assets, fields, languages, levels, phrases, words
from consult.web.addresses import kept_url_for
from consult.web.pieces import for_visitors, is_visitor, piece, where


def always() -> bool:
    """The predicate of a link that everybody sees."""
    return True


@dataclass(frozen=True)
class Link:
    """One entry of the menu or the foot, shown when its endpoint exists and `allowed()` says yes.

    `label` may be lazy (translated when shown). `key` marks it as current: the blueprint of the page, unless told.
    """

    label: Any
    endpoint: str
    allowed: Callable[[], bool] = always
    key: str = ""

    def current(self, endpoint: str | None, blueprint: str | None) -> bool:
        """Whether it leads to the page of this endpoint, or is the index of its blueprint; the front page is no index."""
        chapter, _dot, name = self.endpoint.rpartition(".")
        if not self.key and (name != "index" or chapter == "home"):
            return endpoint == self.endpoint
        return endpoint == self.endpoint or (self.key or chapter or None) == (blueprint or "")


@dataclass(frozen=True)
class Organisation:
    """What an organisation sets about its looks: name, accent (#rrggbb or nothing), address of a logo (or nothing)."""

    name: str = "consult"
    accent: str = ""
    logo: str = ""


@dataclass(frozen=True)
class Account:
    """Endpoints of the corner where one signs in: the form, the POST that signs out, one's own page, what one was told."""

    sign_in: str = "accounts.sign_in"
    sign_out: str = "accounts.sign_out"
    home: str = "accounts.home"
    news: str = "notices.index"

    def href(self, which: str) -> str | None:
        """Address of one of these, or None where this installation has no such page."""
        endpoint = getattr(self, which)
        return kept_url_for(endpoint) if endpoint in current_app.view_functions else None


@dataclass
class Look:
    """The application's menu, foot, organisation and clock; `app.extensions["consult-look"]`."""

    account: Account = field(default_factory=Account)

    nav: list[Link] = field(default_factory=list)
    foot: list[Link] = field(default_factory=list)
    organisation: Callable[[], Organisation] = Organisation
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    #: (language, endpoint) → what its link is called, put into words once.
    labels: dict[tuple[str, int], str] = field(default_factory=dict)


def init_app(
    app: Flask,
    *,
    nav: list[Link] | None = None,
    foot: list[Link] | None = None,
    account: Account | None = None,
    organisation: Callable[[], Organisation] | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Look:
    """Dress the application; after Babel, before blueprints that render.

    `organisation` is asked once per request (it may query); `clock` gives the instant that "time left" counts from.
    """
    if "babel" not in app.extensions:
        Babel(app, locale_selector=languages.of_request).domain_instance = phrases.Spoken()
    look = Look(account or Account(), list(nav or ()), list(foot or ()))
    look.organisation = organisation or (lambda: Organisation(name=app.config.get("CONSULT_ORGANISATION") or "consult"))
    look.clock = clock or look.clock
    app.extensions["consult-look"] = look
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(paths.templates()),
            PrefixLoader({name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}),
        ]
    )
    env = app.jinja_env
    env.undefined = Undefined  # the govuk macros ask for many a parameter that is not there
    env.trim_blocks = env.lstrip_blocks = True
    _translate(env, app.extensions["babel"].instance.domain_instance)
    env.filters.update(words.FILTERS)
    env.filters["time_left"] = lambda until, now=None: words.time_left(until, now or now_())
    env.filters["said"] = phrases.said
    env.filters["written"] = phrases.written
    env.filters["told"] = phrases.told
    env.filters["on_clock"] = phrases.on_clock
    env.finalize = phrases.label
    env.filters["ago"] = lambda at, now=None: words.ago(at, now or now_())
    env.globals.update(
        asset=assets.url, stylesheet=stylesheet, organisation=organisation_, now=now_, page_language=page_language
    )
    env.globals.update(nav_items=nav_items, foot_items=foot_items, link_to=link_to, search_address=search_address)
    env.globals.update(problems=fields.problems, undressed=undressed, account=lambda: look.account, slug=words.slug)
    env.globals.update(as_written=words.as_written)
    env.globals.update(once=once, for_visitors=for_visitors, words_of_levels=levels.words_of_levels)
    assets.init_app(app)
    languages.init_app(app)
    return look


class Templates(FlaskEnvironment):
    """Templates that all share the one set of globals: a chain of sets takes as long as half of what a page says."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows besides what it is given."""
        return super().make_globals(d) if d else self.globals


#: Messages without anything to fill in that are kept ready for each language.
MOST_MESSAGES = 8_192


def _translate(env: Environment, domain: Domain) -> None:
    """Let templates look words up straight in the catalogue of the page's language: a page asks for hundreds."""
    catalogue: Callable[[], Any] = domain.get_translations
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda words: catalogue().ugettext(words),
        lambda one, many, number: catalogue().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, words: catalogue().upgettext(context, words),
        npgettext=lambda context, one, many, number: catalogue().unpgettext(context, one, many, number),
    )
    for name in ("gettext", "ngettext", "pgettext"):
        env.globals[name] = _labelling(cast(Any, env.globals[name]))
    env.globals["_"] = env.globals["gettext"] = _ready(cast(Any, env.globals["gettext"]), catalogue)


def _labelling(translate: Callable[..., str]) -> Callable[..., str]:
    """What fills a message is said in the page's language too, where it is the label of a thing: “Motion 3”."""

    @pass_context
    def translated(context: Any, *words: Any, **variables: Any) -> str:
        return translate(context, *words, **{name: phrases.label(value) for name, value in variables.items()})

    return translated


def _ready(translate: Callable[..., str], catalogue: Callable[[], Any]) -> Callable[..., str]:
    """A message that nothing fills is looked up once for each language."""
    kept: dict[tuple[Any, bool, str], str] = {}

    @pass_context
    def translated(context: Any, words: str, **variables: Any) -> str:
        if variables or type(words) is not str:
            return translate(context, words, **variables)
        key = (catalogue(), context.eval_ctx.autoescape, words)
        found = kept.get(key)
        if found is None:
            if len(kept) >= MOST_MESSAGES:
                kept.clear()
            found = kept[key] = translate(context, words)
        return found

    return translated


def look() -> Look:
    """The look of the running application."""
    found: Look = current_app.extensions["consult-look"]
    return found


def undress() -> None:
    """From here on this request shows a page that asks the database nothing: for error pages when it may be gone."""
    g.consult_undressed = True
    g.consult_organisation = Organisation(name=current_app.config.get("CONSULT_ORGANISATION") or "consult")


def undressed() -> bool:
    """Whether this page must do without a menu for the person, because nothing may be asked of the database."""
    return bool(g.get("consult_undressed"))


def organisation_() -> Organisation:
    """The organisation's name, accent and logo, asked once per request."""
    if "consult_organisation" not in g:
        g.consult_organisation = look().organisation()
    found: Organisation = g.consult_organisation
    return found


def now_() -> datetime:
    """The instant this page is made, one per request."""
    if "consult_now" not in g:
        g.consult_now = datetime.now(UTC) if undressed() else look().clock()
    found: datetime = g.consult_now
    return found


def stylesheet() -> str:
    """Address of the one stylesheet, in the organisation's accent."""
    return assets.url(assets.STYLESHEET, organisation_().accent)


def page_language() -> str:
    """The language tag of the page."""
    return str(get_locale() or "en").replace("_", "-")


class Entry(NamedTuple):
    """A link of the menu or the foot as the page shows it."""

    label: str
    href: str
    current: bool


def _shown(links: list[Link]) -> Iterator[Entry]:
    language, labels, views = page_language(), look().labels, current_app.view_functions
    here = (request.endpoint, request.blueprint)
    for link in links:
        if link.endpoint in views and (link.allowed is always or (not undressed() and link.allowed())):
            label = labels.get((language, id(link)))  # the links of an application stay as long as it does
            if label is None:
                label = labels[language, id(link)] = str(link.label)
            yield Entry(label, kept_url_for(link.endpoint), link.current(*here))


def _entries(name: str, links: list[Link]) -> tuple[Entry, ...]:
    """The links that are shown; to all visitors the same, so that those of one page are chosen once."""
    if undressed() or not is_visitor():
        return tuple(_shown(links))
    return piece(tuple, _shown(links), of=(where(), request.endpoint, request.blueprint), name=f"links: {name}")


def nav_items() -> tuple[Entry, ...]:
    """The menu for the person asking: label, href, current."""
    return _entries("menu", look().nav)


def foot_items() -> tuple[Entry, ...]:
    """The links at the foot of every page."""
    return _entries("foot", look().foot)


def once(macro: Macro, *given: Hashable) -> Any:
    """What a macro gives that says nothing but what it is given, in the language of the page: put together once."""
    return piece(macro, *given, of=(where(), given))


def search_address() -> str:
    """Where one searches everything, "" in an installation without that page."""
    return kept_url_for("search.index") if "search.index" in current_app.view_functions else ""


def link_to(endpoint: str, text: object, **values: Any) -> Markup:
    """A link when the endpoint exists in this installation, else the text alone."""
    try:
        href = url_for(endpoint, **values)
    except BuildError:
        return Markup("{}").format(text)
    return Markup('<a class="govuk-link" href="{}">{}</a>').format(href, text)
