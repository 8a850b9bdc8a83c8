"""The languages that pages and mail come in. Dates, numbers and plurals follow the locale."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """One language: the locale, what it calls itself, and a sentence about the translation in it ("" for the original)."""

    locale: str
    name: str
    note: str = ""


#: The language that everything is written in.
FIRST = "en"

#: Language tag (BCP 47) → language.
LANGUAGES: dict[str, Language] = {
    "en": Language("en_GB", "English"),
    "cy": Language(
        "cy",
        "Cymraeg",
        "Mae'r cyfieithiad hwn yn aros i gael ei adolygu gan siaradwr Cymraeg. Y fersiwn Saesneg sy'n cyfrif.",
    ),
}
