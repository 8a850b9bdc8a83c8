"""What the audit log can say: every event by name, with the sentence that people read."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """The name that the chain stores; never renamed once written."""

    ORGANISATION_FOUNDED = "organisation.founded"
    DEMO_FURNISHED = "demo.furnished"
    INVITED = "account.invited"
    ACCOUNT_CLAIMED = "account.claimed"
    PASSWORD_SET = "account.password_set"  # noqa: S105 (an event's name)
    SECOND_FACTOR_SET = "account.second_factor_set"
    RECOVERY_CODES_MADE = "account.recovery_codes_made"
    RECOVERY_CODE_USED = "account.recovery_code_used"
    PASSKEY_ADDED = "account.passkey_added"
    PASSKEY_RENAMED = "account.passkey_renamed"
    PASSKEY_REMOVED = "account.passkey_removed"
    PASSKEY_DOUBTED = "account.passkey_doubted"
    IDENTITY_LINKED = "account.identity_linked"
    IDENTITY_UNLINKED = "account.identity_unlinked"
    CLAIM_PROPOSED = "member.claim_proposed"
    CLAIM_DECIDED = "member.claim_decided"
    RESET_ASKED = "account.reset_asked"
    RESET_AGREED = "account.reset_agreed"
    SESSION_ENDED = "account.session_ended"
    TOKEN_MADE = "account.token_made"  # noqa: S105 (an event's name)
    TOKEN_REVOKED = "account.token_revoked"  # noqa: S105 (an event's name)
    CALENDAR_ADDRESS_MADE = "account.calendar_address_made"
    CALENDAR_ADDRESS_ENDED = "account.calendar_address_ended"
    WEBHOOK_REGISTERED = "webhook.registered"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_SECRET_RENEWED = "webhook.secret_renewed"  # noqa: S105 (an event's name)
    WEBHOOK_DISABLED = "webhook.disabled"
    WEBHOOK_SENT_AGAIN = "webhook.sent_again"
    ROLE_GIVEN = "role.given"
    ROLE_ENDED = "role.ended"
    PROPOSAL_MADE = "proposal.made"
    PROPOSAL_AGREED = "proposal.agreed"
    PROPOSAL_CARRIED_OUT = "proposal.carried_out"
    PROPOSAL_WITHDRAWN = "proposal.withdrawn"
    UNIT_MADE = "unit.made"
    UNIT_RENAMED = "unit.renamed"
    UNIT_MOVED = "unit.moved"
    UNIT_MERGED = "unit.merged"
    UNIT_CLOSED = "unit.closed"
    UNIT_DESCRIBED = "unit.described"
    FOUNDING_BEGUN = "unit.founding_begun"
    FOUNDING_ENDED = "unit.founding_ended"
    REPRESENTATIVE_NAMED = "representative.named"
    REPRESENTATIVE_ENDED = "representative.ended"
    BODY_MADE = "body.made"
    BODY_CHANGED = "body.changed"
    BODY_DISSOLVED = "body.dissolved"
    SEAT_FILLED = "seat.filled"
    SEAT_VACATED = "seat.vacated"
    MANDATE_GIVEN = "mandate.given"
    MANDATE_REPORTED = "mandate.reported"
    DECISION_ENTERED = "decision.entered"
    NOMINATIONS_CALLED = "nominations.called"
    NOMINATIONS_CALL_CHANGED = "nominations.call_changed"
    NOMINATIONS_CANCELLED = "nominations.cancelled"
    NOMINATED = "nominations.nominated"
    NOMINATION_ACCEPTED = "nominations.accepted"
    NOMINATION_DECLINED = "nominations.declined"
    NOMINATION_RULED_OUT = "nominations.ruled_out"
    CANDIDATE_WITHDREW = "nominations.withdrew"
    CANDIDATE_LEFT = "nominations.candidate_left"
    NOMINATIONS_PUT = "nominations.put_to_a_ballot"
    NOMINATIONS_SETTLED = "nominations.settled"
    MEMBERS_IMPORTED = "members.imported"
    MEMBER_CHANGED = "member.changed"
    MEMBERS_MERGED = "members.merged"
    MEMBERS_PARTED = "members.parted"
    CONSULTATION_MADE = "consultation.made"
    CONSULTATION_EDITED = "consultation.edited"
    TIMETABLE_SET = "consultation.timetable_set"
    PARTICIPATION_DECLARED = "consultation.participation_declared"
    QUESTIONS_SET = "consultation.questions_set"
    PARAGRAPH_COMMENTED = "paragraph.commented"
    PARAGRAPH_COMMENT_HIDDEN = "paragraph.comment_hidden"
    PARAGRAPH_COMMENT_SHOWN = "paragraph.comment_shown"
    PARAGRAPH_COMMENT_REPORTED = "paragraph.comment_reported"
    SUBMISSION_SAVED = "submission.saved"
    SUBMISSION_SENT = "submission.sent"
    SUBMISSION_REVISED = "submission.revised"
    SUBMISSION_WITHDRAWN = "submission.withdrawn"
    SUBMISSION_SET_ASIDE = "submission.set_aside"
    SUBMISSION_RESTORED = "submission.restored"
    STATEMENT_PROPOSED = "statement.proposed"
    STATEMENT_SCREENED = "statement.screened"
    STATEMENT_LAPSED = "statement.lapsed"
    CODE_BOOK_CHANGED = "consultation.code_book_changed"
    SUBMISSION_CODED = "submission.coded"
    REPORT_SAVED = "consultation.report_saved"
    REPORT_PUBLISHED = "consultation.report_published"
    SAID_DONE_SET = "consultation.said_done_set"
    MOTION_SOURCED = "motion.sourced"
    EVENT_PLANNED = "event.planned"
    EVENT_CHANGED = "event.changed"
    EVENT_CANCELLED = "event.cancelled"
    EVENT_HELD = "event.held"
    EVENT_ANSWERED = "event.answered"
    EVENT_ATTENDED = "event.attended"
    EVENT_REMINDED = "event.reminded"
    EVENT_MINUTED = "event.minuted"
    EVENT_VOTED = "event.voted"
    RULEBOOK_ADOPTED = "rulebook.adopted"
    RULEBOOK_APPLIED = "consultation.rulebook_set"
    MOTION_DRAFTED = "motion.drafted"
    MOTION_SAVED = "motion.saved"
    SUPPORT_SOUGHT = "motion.support_sought"
    MOTION_SECONDED = "motion.seconded"
    MOTION_SUBMITTED = "motion.submitted"
    MOTION_WITHDRAWN = "motion.withdrawn"
    MOTION_RULED = "motion.ruled"
    MOTION_PUBLISHED = "motion.published"
    MOTION_COMPOSITED = "motion.composited"
    MOTION_RETURNED = "motion.returned"
    MOTION_PRIORITISED = "motion.prioritised"
    PRIORITIES_SET_ASIDE = "priorities.set_aside"
    RESUBMISSION_ALLOWED = "motion.resubmission_allowed"
    RULING_APPEALED = "ruling.appealed"
    APPEAL_DECIDED = "appeal.decided"
    AMENDMENT_DRAFTED = "amendment.drafted"
    AMENDMENT_SAVED = "amendment.saved"
    AMENDMENT_SUBMITTED = "amendment.submitted"
    AMENDMENT_RULED = "amendment.ruled"
    AMENDMENT_ANSWERED = "amendment.answered"
    AMENDMENT_WITHDRAWN = "amendment.withdrawn"
    AMENDMENT_DECIDED = "amendment.decided"
    AMENDMENT_DRAFTING = "amendment.drafting_change"
    AMENDMENT_COMPOSITED = "amendment.composited"
    AMENDMENT_RETURNED = "amendment.returned"
    COMMENT_WRITTEN = "comment.written"
    COMMENT_HIDDEN = "comment.hidden"
    COMMENT_SHOWN = "comment.shown"
    COMMENT_REPORTED = "comment.reported"
    COMMENT_KEPT = "comment.kept"
    COMMENT_CORRECTED = "comment.corrected"
    DEBATE_RULE_SET = "debate.rule_set"
    DEBATE_RULE_ENDED = "debate.rule_ended"
    POST_WAITS = "post.waits"
    POST_ADMITTED = "post.admitted"
    POST_REFUSED = "post.refused"
    POST_WITHDRAWN = "post.withdrawn"
    MODERATION_APPEALED = "moderation.appealed"
    MODERATION_APPEAL_DECIDED = "moderation.appeal_decided"
    SUMMARY_DRAFTED = "summary.drafted"
    SUMMARY_APPROVED = "summary.approved"
    SUMMARY_WITHDRAWN = "summary.withdrawn"
    TEXT_FROZEN = "motion.text_frozen"
    ORDER_SET = "motion.order_of_votes_set"
    ORDER_CHALLENGED = "motion.order_challenged"
    ORDER_ANSWERED = "motion.order_challenge_answered"
    AGENDA_ISSUED = "agenda.issued"
    CONSEQUENCE_CONFIRMED = "consequence.confirmed"
    CONSEQUENCE_ENDED = "consequence.ended"
    COMPOSITE_BEGUN = "composite.begun"
    COMPOSITE_CHANGED = "composite.changed"
    COMPOSITE_ASKED = "composite.asked"
    COMPOSITE_SIGNED = "composite.signed"
    COMPOSITE_REFUSED = "composite.refused"
    COMPOSITE_GIVEN_UP = "composite.given_up"
    COMPOSITE_PUBLISHED = "composite.published"
    SITTING_PLANNED = "sitting.planned"
    SITTING_CHANGED = "sitting.changed"
    CREDENTIAL_KEPT = "sitting.credential"
    SITTING_OPENED = "sitting.opened"
    SITTING_ADJOURNED = "sitting.adjourned"
    SITTING_CLOSED = "sitting.closed"
    BUSINESS_TAKEN = "sitting.business_taken"
    QUESTION_PUT = "question.put"
    VOTES_COUNTED = "question.votes_counted"
    QUESTION_DECLARED = "question.declared"
    HALL_NOTED = "sitting.noted"
    REQUISITION_BEGUN = "requisition.begun"
    REQUISITION_SIGNED = "requisition.signed"
    REQUISITION_CALLED = "requisition.called"
    STANDING_TEXT_ENTERED = "standing_text.entered"
    RULE_CHANGE_PROPOSED = "standing_text.change_proposed"
    STANDING_TEXT_AMENDED = "standing_text.amended"
    MOTION_PUT = "motion.put_to_the_vote"
    MOTION_DECIDED = "motion.decided"
    MOTION_FELL = "motion.fell"
    MOTION_REMITTED = "motion.remitted"
    MOTION_REFERRED_BACK = "motion.referred_back"
    MOTION_NOT_PUT = "motion.not_put"
    LEAVE_DECIDED = "motion.leave_decided"
    MOTION_TAKEN_UP = "motion.taken_up_again"
    ROLL_FROZEN = "roll.frozen"
    ROLL_ADDED = "roll.added"
    ROLL_REMOVED = "roll.removed"
    ROLL_APPEALED = "roll.appealed"
    ROLL_APPEAL_DECIDED = "roll.appeal_decided"
    ROLL_INSPECTION_ASKED = "roll.inspection_asked"
    ROLL_INSPECTION_DECIDED = "roll.inspection_decided"
    ROLL_INSPECTED = "roll.inspected"
    ROLL_INSPECTION_ENDED = "roll.inspection_ended"
    ATTESTATION_DECLARED = "attestation.declared"
    ATTESTATION_RETIRED = "attestation.retired"
    MEMBER_SUSPENDED = "member.suspended"
    SUSPENSION_LIFTED = "member.suspension_lifted"
    BALLOT_CREATED = "ballot.created"
    BALLOT_EDITED = "ballot.edited"
    BALLOT_SCHEDULED = "ballot.scheduled"
    BALLOT_OPENED = "ballot.opened"
    BALLOT_CLOSED = "ballot.closed"
    BALLOT_CANCELLED = "ballot.cancelled"
    STATEMENT_SET = "candidate.statement_set"
    LINKS_QUEUED = "ballot.links_queued"
    BALLOT_REMINDED = "ballot.reminded"
    HUSTINGS_DECLARED = "hustings.declared"
    CIRCULARS_CALLED = "circulars.called"
    CIRCULAR_WRITTEN = "circulars.written"
    CIRCULAR_JUDGED = "circulars.judged"
    CIRCULARS_SENT = "circulars.sent"
    PAPER_DUTY_TAKEN = "papers.duty_taken"
    PAPERS_ISSUED = "papers.issued"
    PAPERS_TOTALLED = "papers.totalled"
    CEREMONY_PLANNED = "ceremony.planned"
    KEY_UPLOADED = "ceremony.key_uploaded"
    CEREMONY_REHEARSED = "ceremony.rehearsed"
    BOARD_EXTENDED = "board.extended"
    BOX_FROZEN = "box.frozen"
    BOX_OPENED = "box.opened"
    SEED_COMMITTED = "seed.committed"
    SEED_REVEALED = "seed.revealed"
    EXTENSION_PROPOSED = "ballot.extension_proposed"
    CLOSE_EXTENDED = "ballot.close_extended"
    BALLOT_RECONCILED = "ballot.reconciled"
    CHALLENGES_DECIDED = "ballot.challenges_decided"
    ENVELOPES_OPENED = "ballot.envelopes_opened"
    BALLOT_COUNTED = "ballot.counted"
    RECOUNT_ASKED = "recount.asked"
    RECOUNT_MADE = "recount.made"
    RECOUNT_SIGNED = "recount.signed"
    COMPLAINT_MADE = "complaint.made"
    COMPLAINT_DECIDED = "complaint.decided"
    FALLS_DECIDED = "ballot.falls_decided"
    RESULT_DRAWN_UP = "result.drawn_up"
    LOT_ACKNOWLEDGED = "result.lot_acknowledged"
    KEY_REGISTERED = "key.registered"
    KEY_RETIRED = "key.retired"
    RESULT_SIGNED = "result.signed"
    RESULT_CERTIFIED = "result.certified"
    RESULT_PUBLISHED = "result.published"
    RESULT_ANNULLED = "result.annulled"
    BALLOT_RERUN = "ballot.rerun"
    DESTRUCTION_PROPOSED = "ballot.destruction_proposed"
    ENVELOPES_DESTROYED = "ballot.envelopes_destroyed"
    MOTION_DIVIDED = "motion.divided"
    PART_DECIDED = "motion.part_decided"
    AMENDMENT_REBASED = "amendment.rebased"
    POLICY_ADOPTED = "policy.adopted"
    POLICY_ENDED = "policy.ended"
    POLICY_RENEWED = "policy.renewed"
    POLICY_ACTION_SET = "policy.action_set"
    POLICY_REPORTED = "policy.reported"
    MODEL_MOTION_MADE = "model_motion.made"
    MODEL_MOTION_SENT = "model_motion.sent"
    MODEL_MOTION_NEWS = "model_motion.news"
    RECOMMENDED = "recommendation.made"
    TRANSLATION_MADE = "translation.made"
    TRANSLATION_APPROVED = "translation.approved"
    DATA_CASE_OPENED = "data.case_opened"
    DATA_CASE_STEP = "data.case_step"
    DATA_CASE_CLOSED = "data.case_closed"
    DATA_COPIED = "data.copied"
    MEMBER_ERASED = "member.erased"
    EXPORT_ASKED = "members.export_asked"
    EXPORT_AGREED = "members.export_agreed"
    EXPORT_REFUSED = "members.export_refused"
    EXPORT_TAKEN = "members.export_taken"
    PROTECTION_PAPER_SAVED = "protection.paper_saved"
    PROTECTION_PAPER_SIGNED = "protection.paper_signed"
    AUDIT_TAKEN = "audit.taken"
    HEAD_SENT = "audit.head_sent"


#: The sentence for each event, for people; `{subject}` and the event's own data may stand in it.
SENTENCES: dict[Event, str] = {
    Event.ORGANISATION_FOUNDED: "The organisation was set up",
    Event.DEMO_FURNISHED: "The demonstration was furnished",
    Event.INVITED: "Somebody was invited to sign in",
    Event.ACCOUNT_CLAIMED: "An invitation was taken up",
    Event.PASSWORD_SET: "A password was set",
    Event.SECOND_FACTOR_SET: "A second factor was set up",
    Event.RECOVERY_CODES_MADE: "Recovery codes were made",
    Event.RECOVERY_CODE_USED: "A recovery code was used",
    Event.PASSKEY_ADDED: "A passkey was made",
    Event.PASSKEY_RENAMED: "A passkey was renamed",
    Event.PASSKEY_REMOVED: "A passkey was removed",
    Event.PASSKEY_DOUBTED: "A passkey counted backwards and was put out of use",
    Event.IDENTITY_LINKED: "A sign-in at another place was linked to an account",
    Event.IDENTITY_UNLINKED: "A sign-in at another place was unlinked from an account",
    Event.CLAIM_PROPOSED: "A place where members sign in says otherwise than the register",
    Event.CLAIM_DECIDED: "It was decided on what another place says of a member",
    Event.RESET_ASKED: "An officer asked to reset somebody's way of signing in",
    Event.RESET_AGREED: "A second officer agreed to the reset",
    Event.SESSION_ENDED: "A session was ended",
    Event.TOKEN_MADE: "A token for a program was made",
    Event.TOKEN_REVOKED: "A token for a program was revoked",
    Event.CALENDAR_ADDRESS_MADE: "A secret address of a calendar was made",
    Event.CALENDAR_ADDRESS_ENDED: "A secret address of a calendar was ended",
    Event.WEBHOOK_REGISTERED: "A webhook was registered",
    Event.WEBHOOK_CHANGED: "A webhook was changed",
    Event.WEBHOOK_SECRET_RENEWED: "The secret of a webhook was renewed",
    Event.WEBHOOK_DISABLED: "A webhook that failed for days was disabled",
    Event.WEBHOOK_SENT_AGAIN: "A message to a webhook was sent again by hand",
    Event.ROLE_GIVEN: "A role was given",
    Event.ROLE_ENDED: "A role was ended",
    Event.PROPOSAL_MADE: "An officer proposed what takes a second officer",
    Event.PROPOSAL_AGREED: "A second officer agreed to a proposal",
    Event.PROPOSAL_CARRIED_OUT: "A proposal was carried out by the only officer with the right, after the waiting time",
    Event.PROPOSAL_WITHDRAWN: "An officer withdrew a proposal",
    Event.UNIT_MADE: "A unit was set up",
    Event.UNIT_RENAMED: "A unit was renamed",
    Event.UNIT_MOVED: "A unit was put under another",
    Event.UNIT_MERGED: "A unit was merged into another",
    Event.UNIT_CLOSED: "A unit was closed",
    Event.UNIT_DESCRIBED: "It was set down what a unit is and who reads its decisions",
    Event.FOUNDING_BEGUN: "The founding period of a unit began",
    Event.FOUNDING_ENDED: "The founding period of a unit was ended sooner",
    Event.REPRESENTATIVE_NAMED: "Somebody was named to speak for an affiliated organisation",
    Event.REPRESENTATIVE_ENDED: "Somebody ceased to speak for an affiliated organisation",
    Event.BODY_MADE: "A body of a unit was set up",
    Event.BODY_CHANGED: "A body of a unit was changed",
    Event.BODY_DISSOLVED: "A body of a unit was dissolved",
    Event.SEAT_FILLED: "A seat of a body was filled",
    Event.SEAT_VACATED: "A seat of a body fell vacant",
    Event.MANDATE_GIVEN: "A unit gave its delegate a mandate",
    Event.MANDATE_REPORTED: "A delegate reported back on a mandate",
    Event.DECISION_ENTERED: "A decision was entered in a unit's register",
    Event.NOMINATIONS_CALLED: "Nominations were called for",
    Event.NOMINATIONS_CALL_CHANGED: "A call for nominations was changed before they opened",
    Event.NOMINATIONS_CANCELLED: "A call for nominations was cancelled",
    Event.NOMINATED: "Somebody was nominated",
    Event.NOMINATION_ACCEPTED: "A nomination was accepted, or a statement changed",
    Event.NOMINATION_DECLINED: "A nomination was declined",
    Event.NOMINATION_RULED_OUT: "A nomination was ruled out",
    Event.CANDIDATE_WITHDREW: "A candidate withdrew",
    Event.CANDIDATE_LEFT: "It was recorded that a candidate withdrew late or died",
    Event.NOMINATIONS_PUT: "Nominations were put to a ballot",
    Event.NOMINATIONS_SETTLED: "What came of nominations was declared",
    Event.MEMBERS_IMPORTED: "Members were imported",
    Event.MEMBER_CHANGED: "An entry in the register was corrected",
    Event.MEMBERS_MERGED: "Two entries of one person were merged",
    Event.MEMBERS_PARTED: "Two merged entries were parted again",
    Event.CONSULTATION_MADE: "A consultation was set up",
    Event.CONSULTATION_EDITED: "A consultation's paper was changed",
    Event.TIMETABLE_SET: "A timetable was set",
    Event.PARTICIPATION_DECLARED: "How people take part in a consultation was declared",
    Event.QUESTIONS_SET: "The questions of a consultation were changed",
    Event.PARAGRAPH_COMMENTED: "A comment on a paragraph was written",
    Event.PARAGRAPH_COMMENT_HIDDEN: "A comment on a paragraph was hidden",
    Event.PARAGRAPH_COMMENT_SHOWN: "A comment on a paragraph was shown again",
    Event.PARAGRAPH_COMMENT_REPORTED: "A comment on a paragraph was reported",
    Event.SUBMISSION_SAVED: "A draft submission was saved",
    Event.SUBMISSION_SENT: "A submission to a consultation was sent",
    Event.SUBMISSION_REVISED: "A submission to a consultation was revised",
    Event.SUBMISSION_WITHDRAWN: "A submission to a consultation was withdrawn",
    Event.SUBMISSION_SET_ASIDE: "A submission was set aside by a moderator",
    Event.SUBMISSION_RESTORED: "A submission that was set aside was restored",
    Event.STATEMENT_PROPOSED: "A statement was proposed to a consultation",
    Event.STATEMENT_SCREENED: "A statement was screened",
    Event.STATEMENT_LAPSED: "A statement lapsed: nobody had screened it before the close",
    Event.CODE_BOOK_CHANGED: "The code book of a consultation was changed",
    Event.SUBMISSION_CODED: "An officer finished coding a submission",
    Event.REPORT_SAVED: "An analysis or response was drafted",
    Event.REPORT_PUBLISHED: "An analysis of or response to a consultation was published",
    Event.SAID_DONE_SET: "What was said and what was done was recorded",
    Event.MOTION_SOURCED: "A motion was linked to the consultation that it grew out of",
    Event.EVENT_PLANNED: "An event was planned",
    Event.EVENT_CHANGED: "An event was changed",
    Event.EVENT_CANCELLED: "An event was cancelled",
    Event.EVENT_HELD: "Attendance at an event was settled",
    Event.EVENT_ANSWERED: "Somebody said whether they come to an event",
    Event.EVENT_ATTENDED: "Attendance at an event was recorded",
    Event.EVENT_REMINDED: "Those who come to an event were reminded",
    Event.EVENT_MINUTED: "Minutes of an event were published",
    Event.EVENT_VOTED: "A vote taken at a meeting was recorded",
    Event.RULEBOOK_ADOPTED: "A version of a rulebook was adopted",
    Event.RULEBOOK_APPLIED: "A version of the rules was put in force for a consultation",
    Event.MOTION_DRAFTED: "A motion was drafted",
    Event.MOTION_SAVED: "A draft motion was saved",
    Event.SUPPORT_SOUGHT: "A motion was opened for seconders",
    Event.MOTION_SECONDED: "A motion was seconded or supported",
    Event.MOTION_SUBMITTED: "A motion was submitted",
    Event.MOTION_WITHDRAWN: "A motion was withdrawn",
    Event.MOTION_RULED: "The committee ruled on a motion",
    Event.MOTION_PUBLISHED: "A motion was published",
    Event.MOTION_COMPOSITED: "A motion joined a composite",
    Event.MOTION_RETURNED: "A motion was returned from a composite",
    Event.MOTION_PRIORITISED: "It was decided whether a motion is taken",
    Event.PRIORITIES_SET_ASIDE: "What was taken from a ballot was set aside",
    Event.RESUBMISSION_ALLOWED: "A motion like one decided before was let be heard",
    Event.RULING_APPEALED: "A ruling was appealed",
    Event.APPEAL_DECIDED: "An appeal was decided",
    Event.AMENDMENT_DRAFTED: "An amendment was drafted",
    Event.AMENDMENT_SAVED: "A draft amendment was saved",
    Event.AMENDMENT_SUBMITTED: "An amendment was submitted",
    Event.AMENDMENT_RULED: "The committee ruled on an amendment",
    Event.AMENDMENT_ANSWERED: "The mover answered an amendment",
    Event.AMENDMENT_WITHDRAWN: "An amendment was withdrawn",
    Event.AMENDMENT_DECIDED: "An amendment was decided",
    Event.AMENDMENT_DRAFTING: "An amendment was written in as a drafting change",
    Event.AMENDMENT_COMPOSITED: "An amendment joined a composite",
    Event.AMENDMENT_RETURNED: "An amendment was returned from a composite",
    Event.COMMENT_WRITTEN: "A comment was written",
    Event.COMMENT_HIDDEN: "A comment was hidden",
    Event.COMMENT_SHOWN: "A comment was shown again",
    Event.COMMENT_REPORTED: "A comment was reported",
    Event.COMMENT_KEPT: "A reported comment was looked at and stays",
    Event.COMMENT_CORRECTED: "A comment was corrected by its author",
    Event.DEBATE_RULE_SET: "Slow mode or screening of a debate began",
    Event.DEBATE_RULE_ENDED: "Slow mode or screening of a debate ended",
    Event.POST_WAITS: "A contribution waits for a moderator",
    Event.POST_ADMITTED: "A contribution was admitted to a debate",
    Event.POST_REFUSED: "A contribution was not admitted to a debate",
    Event.POST_WITHDRAWN: "A waiting contribution was withdrawn",
    Event.MODERATION_APPEALED: "An appeal against a moderator's decision was made",
    Event.MODERATION_APPEAL_DECIDED: "An appeal against a moderator's decision was decided",
    Event.SUMMARY_DRAFTED: "A summary of one side of a debate was drafted",
    Event.SUMMARY_APPROVED: "A summary of one side of a debate was approved",
    Event.SUMMARY_WITHDRAWN: "A draft of a summary of one side of a debate was withdrawn",
    Event.TEXT_FROZEN: "A motion's text was frozen",
    Event.ORDER_SET: "The order of votes was set",
    Event.ORDER_CHALLENGED: "An order of votes was challenged",
    Event.ORDER_ANSWERED: "A challenge to an order of votes was answered",
    Event.AGENDA_ISSUED: "An agenda or report was issued",
    Event.CONSEQUENCE_CONFIRMED: "A consequence was confirmed",
    Event.CONSEQUENCE_ENDED: "A consequence was ended",
    Event.COMPOSITE_BEGUN: "A composite was begun",
    Event.COMPOSITE_CHANGED: "A composite was changed",
    Event.COMPOSITE_ASKED: "The contributing branches were asked to sign a composite",
    Event.COMPOSITE_SIGNED: "A contributing branch signed a composite",
    Event.COMPOSITE_REFUSED: "A contributing branch refused a composite, and its motions returned to the agenda",
    Event.COMPOSITE_GIVEN_UP: "A composite was given up, and its motions returned to the agenda",
    Event.COMPOSITE_PUBLISHED: "A composite was published as a motion",
    Event.SITTING_PLANNED: "A sitting was planned",
    Event.SITTING_CHANGED: "A sitting’s business or officers were set",
    Event.CREDENTIAL_KEPT: "A card of a sitting was given or changed",
    Event.SITTING_OPENED: "A sitting was opened or resumed",
    Event.SITTING_ADJOURNED: "A sitting was adjourned",
    Event.SITTING_CLOSED: "A sitting was closed",
    Event.BUSINESS_TAKEN: "An item of business was taken or put back",
    Event.QUESTION_PUT: "A question was put to a meeting",
    Event.VOTES_COUNTED: "Votes in the hall were counted",
    Event.QUESTION_DECLARED: "A question was declared",
    Event.HALL_NOTED: "Something was entered in the minutes of a sitting",
    Event.REQUISITION_BEGUN: "A requisition was begun",
    Event.REQUISITION_SIGNED: "A requisition was signed, or a signature taken back",
    Event.REQUISITION_CALLED: "The sitting that takes a requisition was named",
    Event.STANDING_TEXT_ENTERED: "A standing text was entered",
    Event.RULE_CHANGE_PROPOSED: "A motion’s change to a standing text was saved",
    Event.STANDING_TEXT_AMENDED: "A carried motion met the standing text it amends",
    Event.MOTION_PUT: "A motion was put to the vote",
    Event.MOTION_DECIDED: "A motion was decided",
    Event.MOTION_FELL: "A motion fell",
    Event.MOTION_REMITTED: "A motion was remitted",
    Event.MOTION_REFERRED_BACK: "A motion was referred back",
    Event.MOTION_NOT_PUT: "A motion was not put",
    Event.LEAVE_DECIDED: "A meeting gave leave to take a motion, or did not",
    Event.MOTION_TAKEN_UP: "A motion that was not put was taken up again",
    Event.ROLL_FROZEN: "An electoral roll was frozen",
    Event.ROLL_ADDED: "People were added to a frozen roll by a supplementary batch",
    Event.ROLL_REMOVED: "Somebody was taken off a frozen roll",
    Event.ROLL_APPEALED: "Somebody appealed against being taken off a roll",
    Event.ROLL_APPEAL_DECIDED: "An appeal against a removal from a roll was decided",
    Event.ROLL_INSPECTION_ASKED: "A member asked to inspect an electoral roll",
    Event.ROLL_INSPECTION_DECIDED: "It was decided whether a member may inspect an electoral roll",
    Event.ROLL_INSPECTED: "A page of an electoral roll was shown in an inspection",
    Event.ROLL_INSPECTION_ENDED: "An inspection of an electoral roll was ended",
    Event.ATTESTATION_DECLARED: "A text that members can confirm was declared",
    Event.ATTESTATION_RETIRED: "A text that members can confirm was retired",
    Event.MEMBER_SUSPENDED: "A membership was suspended",
    Event.SUSPENSION_LIFTED: "The suspension of a membership was lifted",
    Event.BALLOT_CREATED: "A ballot was created",
    Event.BALLOT_EDITED: "A ballot in preparation was changed",
    Event.BALLOT_SCHEDULED: "A ballot was scheduled",
    Event.BALLOT_OPENED: "A ballot opened",
    Event.BALLOT_CLOSED: "A ballot closed",
    Event.BALLOT_CANCELLED: "A ballot was cancelled",
    Event.STATEMENT_SET: "A candidate's statement or photograph was set",
    Event.LINKS_QUEUED: "Links to vote that were missing were queued",
    Event.BALLOT_REMINDED: "A reminder was queued for those who have not voted",
    Event.HUSTINGS_DECLARED: "Questions to candidates were declared for a ballot",
    Event.CIRCULARS_CALLED: "Candidates were asked for their circulars",
    Event.CIRCULAR_WRITTEN: "A candidate wrote a circular",
    Event.CIRCULAR_JUDGED: "A candidate's circular was approved or sent back",
    Event.CIRCULARS_SENT: "The candidates' circulars were sent, all together",
    Event.PAPER_DUTY_TAKEN: "An officer took a duty for a ballot's papers",
    Event.PAPERS_ISSUED: "Ballot papers were issued",
    Event.PAPERS_TOTALLED: "The totals of a ballot's papers were put on record",
    Event.CEREMONY_PLANNED: "The holders of a ballot's key were chosen",
    Event.KEY_UPLOADED: "The public part of a ballot's key was uploaded",
    Event.CEREMONY_REHEARSED: "The opening of a sealed ballot was rehearsed",
    Event.BOARD_EXTENDED: "The list of sealed votes grew",
    Event.BOX_FROZEN: "The box of a sealed ballot was frozen for its opening",
    Event.BOX_OPENED: "An opening of a sealed box was put on the record",
    Event.SEED_COMMITTED: "A committee member committed a value for the lot",
    Event.SEED_REVEALED: "A committee member revealed a value for the lot",
    Event.EXTENSION_PROPOSED: "A later close of a ballot was proposed",
    Event.CLOSE_EXTENDED: "The close of a ballot was extended",
    Event.BALLOT_RECONCILED: "A ballot was reconciled with its roll",
    Event.CHALLENGES_DECIDED: "Challenged ballots were decided in a batch",
    Event.ENVELOPES_OPENED: "The envelopes of a ballot were opened",
    Event.BALLOT_COUNTED: "A ballot was counted",
    Event.RECOUNT_ASKED: "A recount was asked for",
    Event.RECOUNT_MADE: "A recount was made",
    Event.RECOUNT_SIGNED: "A scrutineer signed a recount",
    Event.COMPLAINT_MADE: "A complaint about a ballot was made",
    Event.COMPLAINT_DECIDED: "A complaint about a ballot was decided",
    Event.FALLS_DECIDED: "What falls by what a ballot carried was decided",
    Event.RESULT_DRAWN_UP: "A certificate was drawn up for signature",
    Event.LOT_ACKNOWLEDGED: "The use of a lot was acknowledged",
    Event.KEY_REGISTERED: "A signing key was registered",
    Event.KEY_RETIRED: "A signing key was retired",
    Event.RESULT_SIGNED: "A result was signed",
    Event.RESULT_CERTIFIED: "A result was certified",
    Event.RESULT_PUBLISHED: "A result was published",
    Event.RESULT_ANNULLED: "A ballot was annulled",
    Event.BALLOT_RERUN: "An annulled ballot was put again",
    Event.DESTRUCTION_PROPOSED: "The destruction of a ballot's envelopes was proposed",
    Event.ENVELOPES_DESTROYED: "The envelopes and the key of a ballot were destroyed",
    Event.MOTION_DIVIDED: "A motion was divided into parts",
    Event.PART_DECIDED: "A part of a motion was decided",
    Event.AMENDMENT_REBASED: "An amendment was carried over to a new text",
    Event.POLICY_ADOPTED: "A policy entered the policy book",
    Event.POLICY_ENDED: "A policy ceased to be in force",
    Event.POLICY_RENEWED: "A policy was renewed",
    Event.POLICY_ACTION_SET: "An action that a policy orders was given to somebody",
    Event.POLICY_REPORTED: "An action that a policy orders was reported on",
    Event.MODEL_MOTION_MADE: "A model motion was made of a policy",
    Event.MODEL_MOTION_SENT: "A model motion was sent",
    Event.MODEL_MOTION_NEWS: "It was recorded what became of a model motion",
    Event.RECOMMENDED: "Members were recommended how to vote",
    Event.TRANSLATION_MADE: "A text was translated",
    Event.TRANSLATION_APPROVED: "A translation was approved",
    Event.DATA_CASE_OPENED: "A request or complaint about data, or a breach, was put down",
    Event.DATA_CASE_STEP: "Something was done in a matter of data protection",
    Event.DATA_CASE_CLOSED: "A matter of data protection was decided",
    Event.DATA_COPIED: "A copy of what is held about somebody was taken",
    Event.MEMBER_ERASED: "Somebody was erased",
    Event.EXPORT_ASKED: "An export of members' data was asked for",
    Event.EXPORT_AGREED: "A second officer agreed to an export of members' data",
    Event.EXPORT_REFUSED: "An export of members' data was refused",
    Event.EXPORT_TAKEN: "An export of members' data was taken",
    Event.PROTECTION_PAPER_SAVED: "The record of processing or the impact assessment was written on",
    Event.PROTECTION_PAPER_SIGNED: "The record of processing or the impact assessment was signed",
    Event.AUDIT_TAKEN: "The audit log, or a part of it, was taken as a file",
    Event.HEAD_SENT: "The head of the audit log was mailed out",
}
