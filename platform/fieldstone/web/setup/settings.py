"""Settings of the machine: shown, and where each was set."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from fieldstone.runtime.setting import SETTINGS
from fieldstone.runtime.settings import SETTINGS_FILE
from fieldstone.web.current import current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.view import Page, show
from fieldstone.web.setup.view import later as _


class SettingsView(Page):
    @show()
    def index(self) -> ResponseReturnValue:
        site = current_site()
        now = site.chosen.now()
        settings = [
            (setting, _shown(now[setting.name], setting.secret), now.source(setting.name)) for setting in SETTINGS
        ]
        return self.render("setup/settings.html", settings=settings, file=str((site.folder / SETTINGS_FILE).absolute()))


def _shown(value: Any, secret: bool) -> str | None:
    """None for what is kept secret, and for what has parts, which may be."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, tuple | list) and all(isinstance(each, str) for each in value):
        value = ", ".join(value)
    return str(value) if isinstance(value, str | int) and not (secret and value) else None


def settings_view() -> SettingsView:
    return SettingsView(_("Settings"), SITE, endpoint="settings", menu_icon_value="sliders")
