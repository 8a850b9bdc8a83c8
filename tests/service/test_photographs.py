"""Photographs as they are taken in: bounded, stripped of everything but the picture, and refused when they are no photographs."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from consult.domain.errors import Invalid
from consult.service.photographs import LARGE, MOST_BYTES, SMALL, portrait


@pytest.fixture
def database() -> Iterator[str]:
    """None of these needs one."""
    yield ""


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "teal" if mode == "RGB" else 0).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_becomes_two_square_jpegs(kind: str) -> None:
    made = portrait(picture(kind))
    for data, side in ((made.large, LARGE), (made.small, SMALL)):
        shown = Image.open(io.BytesIO(data))
        assert (shown.format, shown.size, shown.mode) == ("JPEG", (side, side), "RGB")
    assert made == portrait(picture(kind))
    assert len(made.small) < 8_000 and len(made.large) < 60_000


def test_nothing_but_the_picture_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x9003] = "Spyglass 3000", "2026:03:02 12:00:00"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    sent = picture(exif=exif, comment=b"taken at home", icc_profile=b"profile of the camera")
    assert b"Spyglass" in sent and b"taken at home" in sent and b"profile of" in sent
    made = portrait(sent)
    for data in (made.large, made.small):
        assert not any(word in data for word in (b"Spyglass", b"taken at home", b"profile of", b"Exif", b"ICC"))
        assert not Image.open(io.BytesIO(data)).getexif()


def test_a_picture_lying_on_its_side_is_set_upright() -> None:
    sent = Image.new("RGB", (400, 400), "white")
    sent.paste("black", (0, 0, 400, 200))  # the upper half
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn: the upper half is shown on the right
    out = io.BytesIO()
    sent.save(out, "JPEG", exif=exif)
    shown = Image.open(io.BytesIO(portrait(out.getvalue()).large)).convert("L")
    assert shown.getpixel((LARGE - 20, LARGE // 2)) < 60 < 200 < shown.getpixel((20, LARGE // 2))


def test_see_through_pictures_stand_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(portrait(out.getvalue()).large)).getpixel((5, 5)) == (255, 255, 255)


def bomb() -> bytes:
    """A PNG of a few hundred bytes whose header says 60,000 by 60,000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"x" * (MOST_BYTES + 1), "larger than 8 MB"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "cannot be read"),
        (picture("GIF"), "cannot be read"),
        (picture("TIFF"), "cannot be read"),
        (picture("BMP"), "cannot be read"),
        (picture()[:2000], "cannot be read"),
        (b"%PDF-1.7 not a photograph", "cannot be read"),
        (bomb(), "too many pixels"),
        (moving(), "moves"),
        (picture(size=(100, 100)), "too small"),
        (picture("PNG", size=(20_000, 130)), "too many pixels"),
    ],
)
def test_what_is_no_photograph_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said) as told:
        portrait(data)
    assert "photograph" in told.value.fields


# -- whatever bytes come ---------------------------------------------------------------------------------------------


def photograph(kind: str) -> bytes:
    """A small good picture with everything in it that a decoder reads beside the pixels."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Spyglass"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    return picture(kind, (130, 124), exif=exif, icc_profile=b"\0\0\0\x80acsp" + b"p" * 120)


GOOD = {kind: photograph(kind) for kind in ("JPEG", "PNG", "WEBP")} | {
    "see-through": picture("PNG", (124, 124), "RGBA"),
    "palette": picture("PNG", (124, 124), "P", transparency=0),
    "grey": picture("PNG", (124, 124), "I;16"),
    "ink": picture("JPEG", (124, 124), "CMYK"),
    "several scans": picture("JPEG", (124, 124), progressive=True),
}
#: Beginnings and ends of other kinds of file, for a picture that is one of those as well.
OTHERS = (
    b"PK\x03\x04",
    b"%PDF-1.7\n",
    b"<svg onload=alert(1)>",
    b"<script>alert(1)</script>",
    b"GIF89a",
    b"#!/bin/sh\n",
    b"\0" * 40,
)


@settings(max_examples=5_000 if os.environ.get("CONSULT_TEST_MATRIX") else 120)
@given(st.data())
def test_whatever_bytes_come_make_a_clean_photograph_or_a_sentence(data: st.DataObject) -> None:
    """Good pictures cut, changed byte by byte, put together with other files: nothing else comes out, and never a warning."""
    sent = bytearray(GOOD[data.draw(st.sampled_from(sorted(GOOD)))])
    for _ in range(data.draw(st.integers(1, 3))):
        place, how = data.draw(st.integers(0, len(sent))), data.draw(st.sampled_from("cbbbxdop"))
        if how == "c":
            del sent[place:]
        elif how == "b" and place < len(sent):
            sent[place] = data.draw(st.integers(0, 255))
        elif how == "x":
            sent[place : place + 4] = data.draw(
                st.sampled_from((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
            )
        elif how == "d":
            sent[place:place] = sent[place : place + 200]
        elif how == "o":
            sent += data.draw(st.sampled_from(OTHERS))
        else:
            sent[:0] = data.draw(st.sampled_from(OTHERS))
    try:
        made = portrait(bytes(sent))
    except Invalid as refusal:
        assert refusal.fields.keys() == {"photograph"}
        return
    for kept, side in ((made.large, LARGE), (made.small, SMALL)):
        shown = Image.open(io.BytesIO(kept))
        assert (shown.format, shown.size, shown.mode) == ("JPEG", (side, side), "RGB")
        assert not shown.getexif() and kept.endswith(b"\xff\xd9") and b"<script" not in kept


def test_a_profile_or_a_note_that_swells_is_not_blown_up() -> None:
    """A hundred megabytes of zeros, compressed in a PNG's own text and profile to a thousandth of that."""
    good = picture("PNG", (124, 124))
    swollen = zlib.compress(b"\0" * 100_000_000)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    for kind, content in ((b"zTXt", b"note\0\0" + swollen), (b"iCCP", b"icc\0\0" + swollen)):
        tracemalloc.start()
        with contextlib.suppress(Invalid):
            portrait(good[:33] + chunk(kind, content) + good[33:])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 20_000_000, (kind, most)
