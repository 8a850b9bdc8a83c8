"""Photographs as they are taken in: read with bounds on everything, and made anew at two sizes with only the picture in them."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from consult.domain.errors import Invalid

#: The largest file that is read, in bytes, and the largest picture, in pixels on a side.
MOST_BYTES, MOST_SIDE = 8_000_000, 10_000

#: The smallest side that makes a portrait, and the sides of what is kept, in pixels.
LEAST_SIDE, LARGE, SMALL = 120, 320, 112

#: What is read; whatever else a decoder knows is never tried.
FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True)
class Portrait:
    """A photograph as it is kept: JPEG, square, at two sizes, named by the SHA-256 of the larger."""

    hash: str
    large: bytes
    small: bytes


def portrait(data: bytes) -> Portrait:
    """Read an uploaded picture and make it anew: turned upright, cut square, flattened on white, without metadata.

    The header's size is judged before a pixel is decoded, so that a small file cannot become a huge picture.

    Raises:
        Invalid: naming what is wrong with the file and what to do.
    """
    if not data:
        raise _refused("The file is empty. Choose the photograph again.")
    if len(data) > MOST_BYTES:
        raise _refused("The photograph is larger than 8 MB. Make it smaller, or take another.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = _opened(data)
            large = _square(picture, LARGE)
            small = _square(large, SMALL)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _refused("The picture has too many pixels. Make it smaller, or take another.") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise _refused("This file cannot be read as a photograph. Send a JPEG, PNG or WebP picture.") from None
    kept = _jpeg(large, 80)
    return Portrait(hashlib.sha256(kept).hexdigest(), kept, _jpeg(small, 76))


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, {"photograph": sentence})


def _opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = picture.size
    if max(width, height) > MOST_SIDE or width * height > 60_000_000:
        raise Image.DecompressionBombError
    if getattr(picture, "is_animated", False):
        raise _refused("The picture moves. Send one that stands still.")
    if min(width, height) < LEAST_SIDE:
        raise _refused(f"The picture is too small: it needs at least {LEAST_SIDE} pixels on each side.")
    picture.draft("RGB", (LARGE * 2, LARGE * 2))  # a large JPEG is decoded at a fraction of its size
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        ground.alpha_composite(layer)
        upright = ground
    return upright.convert("RGB")


def _square(picture: Image.Image, side: int) -> Image.Image:
    """The middle of a picture, a little above it where it is upright, since that is where faces are."""
    return ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS, centering=(0.5, 0.35))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())  # pixels alone: no profile, comment or EXIF
    clean.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
