"""Photographs as they are taken in: bounded, stripped of everything but the picture, and refused when they are no photographs."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import pytest
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
