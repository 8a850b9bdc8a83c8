"""Contrast: how one accent colour becomes the few shades the theme needs, readable in light and in dark."""

from __future__ import annotations

import colorsys
import re

#: The accent when an organisation has chosen none: a fired-clay red.
ACCENT = "#a13d22"
#: The grounds the theme draws on; the stylesheet says the same.
LIGHT, DARK = "#fbf8f2", "#1d1a17"

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    """Whether `text` is a colour as the settings want it, like #a13d22."""
    return bool(_HEX.fullmatch(text))


def _channels(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2 definition, 0 (black) to 1 (white).

    >>> luminance("#000000"), luminance("#ffffff")
    (0.0, 1.0)
    """
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2 success criterion 1.4.3, 1 to 21.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, ground: str, ratio: float = 4.5) -> str:
    """The nearest shade of `colour`, same hue, that has at least `ratio` against `ground`.

    >>> contrast(readable("#ffd800", "#ffffff"), "#ffffff") >= 4.5
    True
    """
    hue, light, saturation = colorsys.rgb_to_hls(*_channels(colour))
    step = -0.01 if luminance(ground) > 0.18 else 0.01
    shade = colour
    while contrast(shade, ground) < ratio and 0 < light + step < 1:
        light += step
        shade = "#" + "".join(f"{round(c * 255):02x}" for c in colorsys.hls_to_rgb(hue, light, saturation))
    return shade


def accent_rules(accent: str) -> str:
    """The few lines of stylesheet that give the theme this accent; text on it is white in light and near-black in dark.

    >>> ":root{--accent:" in accent_rules("#336699")
    True
    """
    day = readable(readable(accent, LIGHT, 5.2), "#ffffff", 5.2)
    night = readable(accent, DARK, 7.0)
    return f":root{{--accent:{day}}}@media (prefers-color-scheme:dark){{:root{{--accent:{night}}}}}"
