"""What people have to answer in the record of processing and the impact assessment, and the risks with what is done already."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ask:
    """One thing that the program cannot know and somebody has to write."""

    key: str
    words: str
    law: str
    help: str


QUESTIONS: dict[str, tuple[Ask, ...]] = {
    "record": (
        Ask("controller", "Who is the controller, and how is it reached?", "Art. 30(1)(a)",
            "The organisation's legal name, its address, and a joint controller or representative if there is one."),
        Ask("officer", "Who is the data protection officer, and how is that person reached?", "Art. 30(1)(a), Art. 37–39",
            "Say also who stands in. Say why there is none, if there is none."),
        Ask("recipients", "Who outside the organisation is given personal data?", "Art. 30(1)(d), Art. 28",
            "The host of the machine, the sender of mail, printers of papers, an external scrutineer; with the contracts."),
        Ask("transfers", "Is any of it sent out of the United Kingdom, and on what ground?", "Art. 30(1)(e), Art. 44–49",
            "Where the machine stands, where backups lie, where the mail service is."),
        Ask("backups", "How long are backups and the logs of the machine kept?", "Art. 30(1)(f)",
            "The clocks below do not reach backups: say when the last copy of something erased is gone."),
        Ask("measures", "What protects the machine, beyond what the program does?", "Art. 30(1)(g), Art. 32",
            "Who has keys to the machine, encryption of its disks, who is told when something fails."),
        Ask("document", "Where is the policy that the law asks for with special category data?", "DPA 2018 Sch. 1 Part 4",
            "Only where a condition of Schedule 1 is relied on; Art. 9(2)(d) itself asks for none."),
    ),
    "assessment": (
        Ask("scope", "What is the system used for here, by whom, and how many people are in it?", "Art. 35(7)(a)",
            "Which ballots are held with it, who conducts them, and what it replaces."),
        Ask("need", "Why is this needed, and why would less not do?", "Art. 35(7)(b)",
            "For each purpose below that is used: what would fail without it. Say which are not used."),
        Ask("basis", "Are the lawful bases below right for this organisation?", "Art. 6, Art. 9",
            "They are written for a political body or trade union. A tenants' association has no use for Art. 9(2)(d)."),
        Ask("views", "What did members, or those who speak for them, say about it?", "Art. 35(9)",
            "How they were asked, what they feared, what was changed because of it; or why they were not asked."),
        Ask("advice", "What does the data protection officer advise?", "Art. 35(2), Art. 39(1)(c)",
            "And where the advice was not taken, why."),
        Ask("risks", "How likely and how severe is each risk below here, and what is done beyond the program?", "Art. 35(7)(c), (d)",
            "Go through them one by one. Add those that this organisation has and others have not."),
        Ask("left", "Which high risk is left, and is the Information Commissioner consulted?", "Art. 36(1)",
            "If a high risk is left, processing waits until the Commissioner has answered."),
        Ask("review", "When is this looked at again?", "Art. 35(11)",
            "A day, and what would bring it forward: another use, a breach, a new version that keeps more."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Risk:
    """A harm to people that the system could do, and what it does against it."""

    harm: str
    measures: str


RISKS: tuple[Risk, ...] = (
    Risk("It becomes known how somebody voted.",
         "Votes are sealed before they are kept, opened once and mixed; no time or order is kept with them; casting "
         "leaves no entry in the audit log; no address of a device is kept."),
    Risk("A list of members leaks.",
         "Only roll officers and the data protection officer read the register. A file leaves only when two officers "
         "agree, for a declared purpose with its columns, once, within 24 hours; everybody in it can see that."),
    Risk("An officer looks people up out of curiosity.",
         "Who opened, searched and inspected whose entry is kept for two years and shown to the person."),
    Risk("Membership of a political body becomes known to an employer or the authorities.",
         "Who voted is not published. Movers are named to visitors only if they agreed. Notices about ballots say nothing "
         "about how anybody stands."),
    Risk("Somebody signs in as another.",
         "Officers need a code from an authenticator; links work once and are kept only as hashes; attempts are limited; "
         "a reset takes two officers, and the person is told at once."),
    Risk("Somebody is erased, and a result or a record changes by it.",
         "The row stays, emptied. Rolls, envelopes, receipts and the audit log point at a number. It waits while a "
         "ballot, complaint or recount in which the person takes part is open."),
    Risk("Something is kept for longer than it is needed.",
         "Retention clocks run every hour and report what they removed, table by table."),
    Risk("Health data given for access needs is read by others.",
         "It is asked for only with an answer to an event, shown to its organisers, and removed 14 days after it."),
    Risk("Something about a person is wrong, and decides whether that person may vote.",
         "Everybody sees the own entry, is told by which rule a roll lets them in or keeps them out, and can have it put right."),
    Risk("The machine is lost, or the data on it is changed unseen.",
         "Backups are made and tried by command; the audit log is a chain whose heads are mailed out every day."),
)  # fmt: skip
