"""The API's questions about consultations: papers, submissions and figures, statements, reports, agendas and sittings."""

from __future__ import annotations

import json
from typing import Any

from consult.domain.consulting import voice_of
from consult.domain.errors import NotFound
from consult.model.agenda import Issue
from consult.model.coding import ConsultationReport
from consult.model.consultations import Consultation
from consult.model.consulting import Contribution, Participation
from consult.service import (
    agenda,
    answers,
    consultations,
    open_reading,
    outcomes,
    paper_versions,
    participation,
    sittings,
    statements,
    submissions,
)
from consult.web.api import shapes, shown
from consult.web.api.cursors import Listing
from consult.web.api.operations import paged, reads
from consult.web.api.readers import Reader
from consult.web.api.shown import links

TAG = "Consultations"


def _get(reader: Reader, consultation_id: int) -> Consultation:
    """A consultation that the reader is shown."""
    return consultations.readable(consultation_id, reader.actor, reader.at)


@reads("/consultations", TAG)
def list_consultations(reader: Reader, query: Listing) -> shapes.Consultations:
    """Consultations and conferences with their timetables."""
    rows = open_reading.list_consultations(after=query.after, most=query.limit)
    return paged(
        shapes.Consultations, rows, query, lambda row: row.id,
        lambda row: shapes.ConsultationSummary(**shown.consultation_summary(row)),
    )  # fmt: skip


@reads("/consultations/<int:consultation_id>", TAG)
def get_consultation(reader: Reader, consultation_id: int) -> shapes.Consultation:
    """One consultation: its paper, its questions and how people take part."""
    row = _get(reader, consultation_id)
    terms, newest = participation.terms_of(row), paper_versions.latest(consultation_id)
    return shapes.Consultation(
        **shown.consultation_summary(row), rulebook=row.rulebook_id, paper=shown.paper(newest) if newest else None,
        terms=None if terms is None else shapes.Terms(
            publishing=terms.publishing, taking_part=terms.taking_part, at_once=terms.at_once,
            minimum_group=terms.minimum_group, statements=terms.statements,
        ),
        questions=[
            shapes.Question(id=q.id, kind=q.kind, wording=q.wording, options=q.options, needed=q.needed)
            for q in participation.questions_of(consultation_id)
        ],
    )  # fmt: skip


@reads("/consultations/<int:consultation_id>/papers", TAG)
def list_papers(reader: Reader, consultation_id: int) -> shapes.Papers:
    """Every version of the paper, oldest first."""
    _get(reader, consultation_id)
    return shapes.Papers(data=[shown.paper(row) for row in paper_versions.versions(consultation_id)])


def _terms(reader: Reader, consultation_id: int) -> tuple[Consultation, Participation]:
    row = _get(reader, consultation_id)
    terms = participation.terms_of(row)
    if terms is None:
        raise NotFound("This consultation takes no submissions.")
    return row, terms


def _submission(row: Contribution, terms: Participation, reader: Reader) -> shapes.Submission:
    document = row.version.document if row.version else {}
    return shapes.Submission(
        id=row.id, kind=row.kind, voice=voice_of(row.kind, row.author_status),
        name=submissions.name_of(row, terms, reader.actor), state=row.state, submitted=row.submitted_at,
        answers=document.get("answers", {}), more=document.get("more", ""),
        links=links("get_submission", "submissions.show", contribution_id=row.id),
    )  # fmt: skip


@reads("/consultations/<int:consultation_id>/submissions", TAG)
def list_submissions(reader: Reader, consultation_id: int, query: Listing) -> shapes.Submissions:
    """Submissions that are published by the declared rule."""
    consultation, terms = _terms(reader, consultation_id)
    rows = open_reading.list_submissions(consultation, terms, reader.at, after=query.after, most=query.limit)
    return paged(shapes.Submissions, rows, query, lambda row: row.id, lambda row: _submission(row, terms, reader))


@reads("/submissions/<int:contribution_id>", TAG)
def get_submission(reader: Reader, contribution_id: int) -> shapes.Submission:
    """One published submission."""
    row = submissions.get(contribution_id)
    terms = participation.terms_of(row.consultation)
    if terms is None or not submissions.is_published(row, terms, reader.at):
        raise NotFound("There is no submission of this number that you can read.")
    return _submission(row, terms, reader)


@reads("/consultations/<int:consultation_id>/figures", TAG)
def get_figures(reader: Reader, consultation_id: int) -> shapes.Figures:
    """The figures of the closed questions, by voice; while they are withheld the list of questions is empty."""
    row, terms = _terms(reader, consultation_id)
    sent = submissions.sent(consultation_id)
    told = terms.at_once or participation.is_over(row, reader.at)
    asked = participation.questions_of(consultation_id)
    found = answers.of_questions(asked, sent, terms.minimum_group) if told else []
    return shapes.Figures(
        submissions=answers.by_voice(sent),
        questions=[
            shapes.QuestionFigures(
                question=each.question.id, answered=each.answered,
                options=[shapes.Count(option=option, counts=counts) for option, counts in each.rows],
            )
            for each in found
        ],
    )  # fmt: skip


def _report(row: ConsultationReport | None) -> shapes.Report | None:
    if row is None or row.published_at is None:
        return None
    return shapes.Report(
        kind=row.kind, sequence=row.sequence, published=row.published_at, body=row.body,
        figures=json.loads(row.figures) if row.figures else None,
        links=shapes.Links(
            self=shown.own("get_outcome", consultation_id=row.consultation_id),
            page=shown.page("coding.report", consultation_id=row.consultation_id, kind=row.kind),
        ),
    )  # fmt: skip


@reads("/consultations/<int:consultation_id>/outcome", TAG)
def get_outcome(reader: Reader, consultation_id: int) -> shapes.Outcome:
    """What came of a consultation: analysis, response, what was done, and the motions that grew out of it."""
    _get(reader, consultation_id)
    done = outcomes.said_and_done(consultation_id)
    return shapes.Outcome(
        analysis=_report(outcomes.published(consultation_id, "analysis")),
        response=_report(outcomes.published(consultation_id, "response")),
        said_and_done=[
            shapes.SaidDone(said=d.said, did=d.did, state=d.state, motion=d.motion_id, updated=d.updated_at)
            for d in done
        ],
        motions=[
            source.motion_id
            for source in outcomes.motions_of(consultation_id)
            if open_reading.readable(reader.actor, source.motion)
        ],
    )  # fmt: skip


@reads("/consultations/<int:consultation_id>/statements", TAG)
def get_statements(reader: Reader, consultation_id: int) -> shapes.Statements:
    """The round of statements: opinion groups, what they agree on, and every statement's figures."""
    _row, terms = _terms(reader, consultation_id)
    stored = statements.result_of(consultation_id)
    if not terms.statements or stored is None:
        raise NotFound("No figures of statements have been computed for this consultation.")
    found = stored.result
    texts = {row.id: row.text for row in statements.listed(consultation_id)}
    return shapes.Statements(
        computed=stored.computed_at, method=str(found["method"]), groups=found["groups"],
        together=found["together"], against=found["against"], divide=found["divide"],
        statements=[
            shapes.StatementFigures(id=int(key), text=texts[int(key)], all=each["all"], groups=each["groups"])
            for key, each in found["statements"].items()
            if int(key) in texts
        ],
    )  # fmt: skip


def _issue(row: Issue) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.kind, "number": row.number, "title": row.title, "issued": row.issued_at,
        "hash": row.hash, "links": links("get_agenda", "agenda.show", issue_id=row.id),
    }  # fmt: skip


@reads("/consultations/<int:consultation_id>/agendas", "Meetings")
def list_agendas(reader: Reader, consultation_id: int) -> shapes.Agendas:
    """The issued papers of a conference that you may read, newest first."""
    _get(reader, consultation_id)
    rows = agenda.listed(consultation_id, reader.actor)
    return shapes.Agendas(data=[shapes.AgendaSummary(**_issue(row)) for row in rows])


@reads("/agendas/<int:issue_id>", "Meetings")
def get_agenda(reader: Reader, issue_id: int) -> shapes.Agenda:
    """One issued paper as it was issued."""
    row = agenda.get(issue_id, reader.actor)
    consultations.require_readable(row.consultation, reader.actor, reader.at)
    return shapes.Agenda(**_issue(row), words=row.words, changes=row.changes, content=row.content)


@reads("/consultations/<int:consultation_id>/sittings", "Meetings")
def list_sittings(reader: Reader, consultation_id: int) -> shapes.Sittings:
    """The sittings of a conference."""
    _get(reader, consultation_id)
    return shapes.Sittings(
        data=[
            shapes.Sitting(
                id=row.id, number=row.number, title=row.title, place=row.place, starts=row.starts_at, ends=row.ends_at,
                state=row.state,
                links=shapes.Links(
                    self=shown.own("list_sittings", consultation_id=consultation_id),
                    page=shown.page("hall.show", sitting_id=row.id),
                ),
            )
            for row in sittings.of_consultation(consultation_id)
        ]
    )  # fmt: skip
