"""The languages that pages and mail come in. Dates, numbers and plurals follow the locale."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """One language: the locale, what it calls itself, what it says for reading in it, and a sentence about the translation.

    The sentence is "" for the original.
    """

    locale: str
    name: str
    read: str
    note: str = ""


#: The language that everything is written in.
FIRST = "en"

#: Language tag (BCP 47) → language.
LANGUAGES: dict[str, Language] = {
    "en": Language("en_GB", "English", "Read it in English"),
    "cy": Language(
        "cy",
        "Cymraeg",
        "Darllen yn Gymraeg",
        "Mae'r cyfieithiad hwn yn aros i gael ei adolygu gan siaradwr Cymraeg. Y fersiwn Saesneg sy'n cyfrif.",
    ),
}
