"""The look of the site itself: its logo, and the colours that its accent gives in both themes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from flask import g

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.app_definitions import AppDef
from fieldstone.metadata.contrast import TEXT, WHITE, mixed, nearest_with
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.pictures import Picture, picture_of
from fieldstone.web.current import current_site

_LIGHT, _DARK = "#ffffff", "#191918"
"""The surfaces of the two themes."""
_DARK_PRESS = "#2a2927"
"""The lightest plane in the dark theme on which coloured text stands."""


@dataclass(frozen=True, kw_only=True)
class Brand:
    """`logo_url` and `style_url` are "" where the site has none of its own. They change with what they show."""

    logo_url: str
    style_url: str


def current_brand() -> Brand:
    """Of the model of this request, also for whoever is not logged in."""
    app = brand_model().app
    picture = logo_of(app)
    return Brand(
        logo_url=f"/brand/{picture.digest}/logo" if picture else "",
        style_url=f"/brand/{digest_of(app.accent)}/accent.css" if app.accent else "",
    )


def brand_model() -> AppModel:
    published = g.get("published") or current_site().models.current  # an error page asks no database
    return published.model


def logo_of(app: AppDef) -> Picture | None:
    try:
        return picture_of(app.logo) if app.logo else None
    except InvalidInputError:  # what is published was checked; by another version, perhaps
        return None


def digest_of(accent: str) -> str:
    return hashlib.sha256(accent_style(accent).encode()).hexdigest()[:16]


@lru_cache(maxsize=64)
def accent_style(accent: str) -> str:
    """A stylesheet made of colours that are worked out: nothing of what was written gets into it."""
    light = nearest_with(accent, WHITE, TEXT, lighter=False)
    soft = mixed(light, _LIGHT, 0.11)
    dark = _lightest_under_white(light)
    dark_soft = mixed(dark, _DARK, 0.26)
    themes = {
        ':root, [data-bs-theme="light"]': {
            "accent": light, "accent-hover": mixed(light, "#000000", 0.84), "on-accent": WHITE,
            "accent-ink": nearest_with(light, soft, 5.0, lighter=False), "accent-soft": soft, "focus": light,
            "selected": mixed(light, _LIGHT, 0.08),
        },
        '[data-bs-theme="dark"]': {
            "accent": dark, "accent-hover": mixed(dark, "#000000", 0.86), "on-accent": WHITE,
            "accent-ink": _ink_on_dark(dark, dark_soft), "accent-soft": dark_soft,
            "focus": _ink_on_dark(dark, dark_soft), "selected": mixed(dark, _DARK, 0.18),
        },
    }  # fmt: skip
    return "".join(
        f"{where} {{ {' '.join(f'--fs-{name}: {colour};' for name, colour in colours.items())} }}\n"
        for where, colours in themes.items()
    )


def _lightest_under_white(colour: str) -> str:
    """A fill that stands off a dark plane and still carries white text."""
    lightened = nearest_with(colour, _DARK, 3.3, lighter=True)
    return nearest_with(lightened, WHITE, TEXT, lighter=False)


def _ink_on_dark(colour: str, soft: str) -> str:
    lightened = nearest_with(colour, _DARK_PRESS, 7.0, lighter=True)
    return nearest_with(lightened, soft, TEXT, lighter=True)
