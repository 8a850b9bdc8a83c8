"""A motion to print or to keep: its text and amendments as a file in any form, large print among them."""

from __future__ import annotations

from werkzeug.wrappers import Response

from consult.domain.errors import NotFound
from consult.printing import format_of
from consult.service import clock, printed_texts, reading
from consult.web import downloads
from consult.web.guards import actor, public
from consult.web.motions.views import pages


@pages.get("/motions/<int:motion_id>/print/<form>")
@public
def download(motion_id: int, form: str) -> Response:
    """The text with its stored line numbers and the amendments before it, as a file."""
    page, chosen = reading.page(motion_id, actor(), clock.now()), format_of(form)
    if page.motion.document is None:
        raise NotFound("A draft has no lines that can be referred to yet; it can be printed once it is submitted.")
    name = printed_texts.name_of(page.motion.label.lower().replace(" ", "-"), chosen)
    return downloads.sent(printed_texts.of_motion(page, downloads.tongue()), chosen, name)
