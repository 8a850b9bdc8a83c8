"""The text engine: clauses, amendments as typed operations, comparison, conflicts, replay, line numbers.

Pure: the standard library and rapidfuzz; the importers load python-docx, odfpy and markdown-it-py when they are used.

==============  =====================================================================================================
module          what it is for
==============  =====================================================================================================
`plain`         what characters a clause may hold: `normalise`, `cleaned`
`tokens`        the one tokeniser: `words`, `joined`, `word_total`, `spans`
`clauses`       `Clause`, `Document`, `Kind`, `Mark`; `labels`, `word_count`, `search_text`
`lines`         stored line numbers: `lines`, `line_range`, `clause_at`
`parse`         blocks of pasted or imported text → `Preview` of drafts, with issues and guesses: `from_text`
`forms`         the form's text areas ↔ clauses: `to_form`, `from_form`, `to_text`
`importers`     `from_markdown`, `from_docx`, `from_odt` → `Preview`
`align`         `align(base, drafts, new_id)`: an edited form keeps the clause ids of its base
`opcodes`       `changes(old_words, new_words)`: the smallest changed ranges
`operations`    `Replace` `Insert` `Delete` `Move` `Retitle` `ReplaceAll`, `Amendment`, `DoesNotApply`, strict JSON
`weave`         `apply(document, operations)`: exactly or `DoesNotApply`; `Weave` for several amendments
`derive`        `derive(base, edited)` → the smallest operations; `added`, `deleted` word counts
`compare`       `compare(old, new)`: two versions as marked-up clauses
`marked`        marked-up clauses as runs, and "so that it reads"
`rubric`        the legal sentences: "In Resolves 2, line 14, delete '£12' and insert '£15'."
`footprints`    what an amendment touches; `threads` one clause under amendment; `canonical` JSON and hashes
`relations`     independent, same point, overlap, identical, contains, depends on: `RelationIndex`
`replay`        decisions in voted order → the substantive text, what falls and why, who wrote each word
`rehearse`      a vote rehearsed: what is put, falls or is moot for any combination of outcomes, and the text
`ordering`      what the order of two related amendments decides; where they stand and how far they reach
`provenance`    who wrote each word, kept from version to version: `provenance`, `carried`
`anchors`       a comment's quoted words in the next version, or "on earlier wording"
`rebase`        an amendment carried to a new base: clean, or what needs the mover's consent
`checker`       over the limit, direct negative, same words as another, does nothing, rationale only
`compose`       composites: sources of each clause and coverage of each parent
==============  =====================================================================================================
"""
