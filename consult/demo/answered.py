"""The demo's consultation that is over: coded by two officers, analysed, answered, and taken up by a motion."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from consult.demo.asking import Asking
from consult.model.coding import Code
from consult.model.consultations import Consultation
from consult.model.motions import Motion
from consult.service import coding, outcomes, submissions

#: So long after the close of the consultation its submissions are coded.
_CODED = timedelta(days=5)


class Answered(Asking):
    """A consultation from its terms to *you said, we did*."""

    def answer(self, made: Consultation) -> None:
        """Two officers code every submission; the analysis and the response are published."""
        codes = self._code(made)
        for kind in ("analysis", "response"):
            told, by = self.content[kind], self.people.named(self.officers[0])
            at = self.today + timedelta(days=told["day"])
            row = outcomes.save(made, kind, told["text"].strip(), revision=None, by=by, at=at)
            outcomes.publish(row, by=by, at=at + timedelta(hours=2))
        for one in self.content["done"]:
            if not one.get("motion"):
                self._done(made, one, codes)

    def take_up(self, made: Consultation, motion: Motion, mover: str) -> None:
        """The motion that grew out of it, and the row that says so."""
        by, at = self.people.named(mover), self.today + timedelta(days=self.content["response"]["day"] + 60)
        outcomes.link(motion, made, " ".join(self.content["why"].split()), by=by, at=at)
        for one in self.content["done"]:
            if one.get("motion"):
                self._done(made, one, coding.codes_of(made.id), motion)

    def _code(self, made: Consultation) -> list[Code]:
        at = self.today + timedelta(days=self.content["closes"]) + _CODED
        coders = [self.people.named(key) for key in self.officers[:2]]
        codes = [
            coding.add_code(made, one["name"], one["meaning"], by=coders[0], at=at) for one in self.content["code"]
        ]
        for row, told in zip(submissions.sent(made.id), self.content["submission"], strict=True):
            if row.version is None:
                continue
            part = next(iter(coding.parts_of(row.version.document, coding.asked_openly(made.id))))
            for by, found in zip(coders, (told["one"], told["two"]), strict=True):
                coding.finish(row, [(part, codes[place].id, "") for place in found], by=by, at=at)
        return codes

    def _done(self, made: Consultation, told: dict[str, Any], codes: list[Code], motion: Motion | None = None) -> None:
        code = next(row for row in codes if row.name == self.content["code"][told["code"]]["name"])
        row = outcomes.Row(told["said"], told["did"], told["state"], code.id, motion.id if motion else None)
        at = self.today + timedelta(days=self.content["response"]["day"] + (61 if motion else 1))
        outcomes.set_row(made, None, row, by=self.people.named(self.officers[0]), at=at)
