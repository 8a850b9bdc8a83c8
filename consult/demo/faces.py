"""Plain portraits for the demonstration's candidates, drawn here: a head and shoulders in two colours, of nobody."""

from __future__ import annotations

import io
from hashlib import sha256

from PIL import Image, ImageDraw

_GROUNDS = ("#d9c7a7", "#b9cdb8", "#c3cad9", "#dcb9ae", "#cdbfd6", "#bcd0d1")
_COATS = ("#7b3f2c", "#2f5d50", "#38507a", "#6c3a56", "#57502c", "#2b5b6b")
_SKINS = ("#f0d2b6", "#d8a47f", "#a8714b", "#7a4b30", "#e6bd98", "#5c3824")
_HAIR = ("#2a211c", "#6b4426", "#a7a29a", "#8c5a2b", "#3b3a44", "#c9a35c")


def draw(key: str) -> bytes:
    """A PNG of 480 by 480 pixels; the same key gives the same picture."""
    pick = sha256(key.encode()).digest()
    ground, coat, skin, hair = (row[pick[n] % len(row)] for n, row in enumerate((_GROUNDS, _COATS, _SKINS, _HAIR)))
    picture = Image.new("RGB", (960, 960), ground)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((140, 640, 820, 1400), fill=coat)
    pen.rounded_rectangle((400, 540, 560, 720), 70, fill=skin)
    pen.ellipse((270, 150, 690, 610), fill=hair)
    pen.ellipse((315, 220, 645, 620), fill=skin)
    if pick[4] % 2:
        pen.pieslice((290, 170, 670, 520), 180, 360, fill=hair)
    out = io.BytesIO()
    picture.resize((480, 480), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()
