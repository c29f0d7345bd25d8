"""How the pages look: theme, density and single keys, kept in a cookie of this device.

The theme is also kept with the account, so that the next device starts with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Response, current_app, g, request

COOKIE = "look"
THEMES = ("light", "dark", "auto")
DENSITIES = ("compact", "comfortable")
_A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Look:
    """`chosen` is light, dark or auto (the system's); `keys`: single keys are shortcuts."""

    chosen: str = "auto"
    density: str = "compact"
    keys: bool = True

    @property
    def theme(self) -> str:
        """What the page is drawn with; for auto the browser corrects it before the first paint."""
        return "dark" if self.chosen == "dark" else "light"

    @property
    def follows_system(self) -> bool:
        return self.chosen == "auto"


def current_look() -> Look:
    """What the cookie says; anything else in it counts as not chosen."""
    if "look" not in g:
        parts = (request.cookies.get(_name(), "") + "..").split(".")
        g.look = Look(
            chosen=parts[0] if parts[0] in THEMES else "auto",
            density=parts[1] if parts[1] in DENSITIES else "compact",
            keys=parts[2] != "off",
        )
    look: Look = g.look
    return look


def change_look(response: Response, *, theme: str = "", density: str = "", keys: bool | None = None) -> Response:
    """Note what was chosen; what is not one of the choices is left as it was."""
    look = current_look()
    if theme in THEMES:
        look = replace(look, chosen=theme)
    if density in DENSITIES:
        look = replace(look, density=density)
    if keys is not None:
        look = replace(look, keys=keys)
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    value = f"{look.chosen}.{look.density}.{'on' if look.keys else 'off'}"
    response.set_cookie(_name(), value, max_age=_A_YEAR, secure=secure, httponly=True, samesite="Lax", path="/")
    return response


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-{COOKIE}"
