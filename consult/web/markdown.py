"""Longer texts of officers (an analysis, minutes) in Markdown, shown without any HTML of their own."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markupsafe import Markup

_CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "link_open": "govuk-link",
    "blockquote_open": "govuk-inset-text",
}
_HEADINGS = {"h2": "govuk-heading-l", "h3": "govuk-heading-m", "h4": "govuk-heading-s"}


def shown(text: str) -> Markup:
    """Markdown as a page shows it: headings from the second level down, no HTML, no pictures, links as they are.

    >>> str(shown("# What\\n\\nSaid <b>so</b>."))
    '<h2 class="govuk-heading-l">What</h2>\\n<p class="govuk-body">Said &lt;b&gt;so&lt;/b&gt;.</p>\\n'
    """
    reader = MarkdownIt("commonmark", {"html": False}).disable("image")
    tokens = reader.parse(text)
    for token in (one for top in tokens for one in (top, *(top.children or ()))):
        if token.type in ("heading_open", "heading_close"):
            token.tag = {"h1": "h2", "h5": "h4", "h6": "h4"}.get(token.tag, token.tag)
        name = _HEADINGS.get(token.tag) if token.type == "heading_open" else _CLASSES.get(token.type)
        if name and not token.hidden:
            token.attrSet("class", name)
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704 (the renderer escapes what people wrote)
