"""How well two colours stand off each other (WCAG 2), and the nearest colour that does."""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls

WHITE = "#ffffff"
TEXT = 4.5
"""What text needs against what it stands on."""

_STEPS = 400


def contrast(one: str, other: str) -> float:
    """1 to 21, of two colours written #rrggbb."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(colour: str, ground: str, part: float) -> str:
    """`part` (0 to 1) of a colour over a ground."""
    pairs = zip(_parts(colour), _parts(ground), strict=True)
    return _written([part * over + (1 - part) * under for over, under in pairs])


def nearest_with(colour: str, ground: str, least: float, *, lighter: bool) -> str:
    """The colour, or the first darker (`lighter`: lighter) one of its hue that has the contrast against the ground;
    black or white when none has."""
    hue, light, strength = rgb_to_hls(*_parts(colour))
    end = 1.0 if lighter else 0.0
    for step in range(_STEPS + 1):
        tried = _written(hls_to_rgb(hue, light + (end - light) * step / _STEPS, strength)) if step else colour
        if contrast(tried, ground) >= least:
            return tried
    return WHITE if lighter else "#000000"


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(colour: str) -> list[float]:
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def _written(parts: list[float] | tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
