"""Where a debate is held: what it is about, its pages, and the words that contributions are anchored to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from consult.domain.errors import NotAllowed
from consult.model.ballots import Question
from consult.model.composites import Composite
from consult.model.motions import Motion, Policy
from consult.service import debated, motions, reading, threads
from consult.text.clauses import Document
from consult.web.guards import actor
from consult.web.phrases import label, written
from consult.web.translations.views import titled
from consult.web.words import Translated


@dataclass(frozen=True)
class Place:
    """A debate as its pages speak of it."""

    thread: threads.Thread
    #: The text of a motion as `motions/_tabs.html` wants it; None elsewhere.
    motion: reading.MotionText | None
    caption: str
    #: What it is about as a whole: "The whole motion".
    whole: str
    #: (name, address) of the pages above.
    above: list[tuple[str, str]]
    #: The endpoint and the name of its number in addresses.
    endpoint: str
    key: str
    summaries: str
    document: Document | None
    #: The number by which people know a text that something was anchored in.
    number_of: Callable[[int], int]
    #: The address of a text that something was anchored in, and of the text as it stands.
    then: Callable[[int], str]
    here: str

    @property
    def id(self) -> int:
        """The number of what it is about."""
        return int(self.thread.id)

    @property
    def column(self) -> str:
        """The column that names it."""
        return threads.column_of(self.thread)

    def address(self, **args: Any) -> str:
        """The page of the debate."""
        return url_for(self.endpoint, **(args | {self.key: self.id}))

    def rules(self) -> str:
        """The page on which slow mode and screening are declared."""
        if self.motion is not None:
            return url_for("moderation.of_motion", motion_id=self.id)
        return url_for("moderation.of_thread", kind=KINDS[type(self.thread)], thread_id=self.id)


#: How addresses call the kinds of debates beside those on motions.
KINDS = {Policy: "policy", Composite: "composites", Question: "elections"}


def of(thread: threads.Thread) -> Place:
    """The place of a debate, if the reader may read it.

    Raises:
        NotFound: of a motion that this person may not read. NotAllowed: to a visitor, where members speak among themselves.
    """
    if isinstance(thread, Motion):
        return of_motion(thread)
    if isinstance(thread, Policy):
        home = url_for("policy.show", policy_id=thread.id)
        return Place(
            thread, None, thread.title, _("The whole policy"),
            [(_("Policy book"), url_for("policy.index")), (written(thread.title), home)], "debate.of_policy", "policy_id",
            "debate.summaries_of_policy", debated.text_of(thread), lambda number: number, lambda number: home, home,
        )  # fmt: skip
    if actor().member_id is None:
        raise NotAllowed("What is said here is for members to read: sign in first.")
    if isinstance(thread, Composite):
        return _of_composite(thread)
    ballot = thread.ballot  # type: ignore[union-attr]  # the paper of a consultation has pages of its own
    home = url_for("candidates.index", ballot_id=ballot.id)
    return Place(
        thread, None, threads.named(thread)[1], "",
        [(written(ballot.title), url_for("ballots.show", ballot_id=ballot.id)), (_("Candidates and options"), home)],
        "candidates.questions", "question_id", "", None, lambda number: number, lambda number: home, home,
    )  # fmt: skip


def of_motion(motion: Motion | None, motion_id: int | None = None) -> Place:
    """The place of the debate on a motion."""
    text = reading.text(motion.id if motion else motion_id or 0, actor())
    home = url_for("motions.show", motion_id=text.id)
    return Place(
        motion or motions.get(text.id), text, _named(text), _("The whole motion"),
        [(_("Motions"), url_for("motions.index")), (text.label, home)], "debate.index", "motion_id",
        "debate.summaries_of", Document.from_data(text.document) if text.document else None, lambda number: number,
        lambda number: url_for("motions.version", motion_id=text.id, sequence=number), home,
    )  # fmt: skip


def _named(text: reading.MotionText) -> str:
    """The label and title of a motion, in the page's language where somebody translated it."""
    title = titled("motion", [text]).get(text.id)
    return Translated(f"{label(text.label)}: {title}") if title else f"{text.label}: {text.title}"


def _of_composite(thread: Composite) -> Place:
    home = url_for("composites.show", composite_id=thread.id)
    order = {text.id: number for number, text in enumerate(thread.texts, 1)}
    return Place(
        thread, None, f"{thread.label}: {thread.title}", _("The whole composite"),
        [(_("Composites"), url_for("composites.index")), (thread.label, home)], "debate.of_composite", "composite_id",
        "debate.summaries_of_composite", debated.text_of(thread), lambda number: order.get(number, number),
        lambda number: home, home,
    )  # fmt: skip
