"""Files of motions from outside, damaged or made to hurt: a preview or a refusal, in bounded time and memory."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.domain.errors import Invalid
from consult.text.importers import LARGEST_UNPACKED, from_docx, from_markdown, from_odt
from consult.text.parse import Preview
from tests.text.test_importers import docx_bytes, odt_bytes, packed, sample_docx, sample_odt

MANY = settings(max_examples=1_000 if os.environ.get("CONSULT_TEST_MATRIX") else 30)
GOOD: dict[str, tuple[bytes, str, Callable[[bytes], Preview]]] = {
    "docx": (docx_bytes(sample_docx()), "word/document.xml", from_docx),
    "odt": (odt_bytes(sample_odt()), "content.xml", from_odt),
}


def read_or_refused(read: Callable[[Any], Preview], data: Any) -> None:
    try:
        found = read(data)
    except Invalid as refusal:
        assert str(refusal).endswith((".", ".)"))
    else:
        assert all(mark.end <= len(draft.text) for draft in found.drafts for mark in draft.marks)


def with_part(good: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one part changed and packed again properly."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return out.getvalue()


@st.composite
def damaged(draw: st.DrawFn, good: bytes) -> bytes:
    data = bytearray(good)
    pieces = [b"", b"<", b"</w:p>", b"<!-- -->", b"<?x y?>", b"<![CDATA[a]]>", b'"', b"\xff", b"&amp;", b"<text:p>"]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 40))] = draw(st.sampled_from(pieces) | st.binary(max_size=3))
    return bytes(data)


@pytest.mark.parametrize("kind", GOOD)
@MANY
@given(st.data())
def test_damaged_files_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    good, part, read = GOOD[kind]
    read_or_refused(read, data.draw(damaged(good)))
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        name = data.draw(st.sampled_from([part, *package.namelist()]))
        spoiled = data.draw(damaged(package.read(name)))
    read_or_refused(read, with_part(good, name, lambda _: spoiled))


@pytest.mark.parametrize("kind", GOOD)
def test_a_part_that_is_missing_or_empty_is_read_or_refused(kind: str) -> None:
    good, _, read = GOOD[kind]
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        names = package.namelist()
    for name in names:
        for content in (b"", b"<x/>", b'<?xml version="1.0"?><a><b/></a>'):
            read_or_refused(read, with_part(good, name, lambda _, content=content: content))


def nested(kind: str, deep: int) -> bytes:
    """A file whose lists or tables stand in one another, very deep."""
    good, part, _ = GOOD[kind]
    opened, closed, before = {
        "docx": (b"<w:tbl><w:tr><w:tc>", b"</w:tc></w:tr></w:tbl>", b"<w:body>"),
        "odt": (b"<text:list><text:list-item>", b"</text:list-item></text:list>", b"<office:text>"),
    }[kind]

    def change(data: bytes) -> bytes:
        assert before in data
        return data.replace(before, before + opened * deep + closed * deep, 1)

    return with_part(good, part, change)


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("deep", [50, 150, 400, 20_000])
def test_what_is_nested_too_deep_is_read_or_refused(kind: str, deep: int) -> None:
    read_or_refused(GOOD[kind][2], nested(kind, deep))


@pytest.mark.parametrize("kind", GOOD)
def test_a_bomb_is_refused_before_it_is_unpacked(kind: str) -> None:
    _, part, read = GOOD[kind]
    name = part.replace("/", "__").replace(".", "_")
    bombs = [packed(**{name: b" " * (LARGEST_UNPACKED + 1)}), packed(**{name: b"<x/>"} | bomb_parts())]
    lying = bytearray(packed(**{name: b" " * 30_000_000}))
    while (at := bytes(lying).find((30_000_000).to_bytes(4, "little"))) >= 0:  # it says that it is small
        lying[at : at + 4] = (1_000).to_bytes(4, "little")
    tracemalloc.start()
    for bomb in (*bombs, bytes(lying)):
        tracemalloc.reset_peak()
        with pytest.raises(Invalid):
            read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def bomb_parts() -> dict[str, bytes]:
    return {f"p{n}_bin": b"" for n in range(20_000)}


@MANY
@given(st.text(alphabet="#*_[]()<>!`~-+|&;:\\ \n\t1aé“", max_size=400) | st.text(max_size=200))
def test_no_words_make_the_reader_of_markdown_stumble(typed: str) -> None:
    read_or_refused(from_markdown, typed)


@pytest.mark.parametrize(
    "typed", ["> " * 30_000, "- " * 30_000, "*" * 60_000, "[" * 60_000, "`" * 59_999 + "a", "![](" * 15_000]
)
def test_markdown_made_to_hurt_ends(typed: str) -> None:
    read_or_refused(from_markdown, typed)
