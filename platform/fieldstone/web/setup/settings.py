"""Settings: those of the application, which are published, and those of the machine, which are shown."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from babel.dates import get_month_names
from flask import request
from flask.typing import ResponseReturnValue
from wtforms import Form, SelectField, StringField
from wtforms.validators import InputRequired, Length

from fieldstone.changes.site_patch import patch_section
from fieldstone.metadata.definitions import AppDef
from fieldstone.runtime.setting import SETTINGS
from fieldstone.runtime.settings import SETTINGS_FILE
from fieldstone.web.current import current_site
from fieldstone.web.i18n import LANGUAGES, current_language, gettext
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.drafting import draft_model, keep_edit
from fieldstone.web.setup.view import Page, form
from fieldstone.web.setup.view import later as _

PATH = "metadata/app.yaml"


class AppForm(Form):  # type: ignore[misc]
    name = StringField(_("Name of the application"), [InputRequired(_("Write a name.")), Length(max=80)])
    language = SelectField(_("Language of whoever has not chosen one"))
    zone = SelectField(_("Time zone of whoever has not chosen one"))
    week_start = SelectField(_("First day of the week"))
    fiscal_year_start = SelectField(_("First month of the fiscal year"))

    def offer(self) -> None:
        self.language.choices = list(LANGUAGES.items())
        self.zone.choices = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        days = (gettext("Monday"), gettext("Tuesday"), gettext("Wednesday"), gettext("Thursday"), gettext("Friday"),
                gettext("Saturday"), gettext("Sunday"))  # fmt: skip
        self.week_start.choices = [(str(number), day) for number, day in enumerate(days)]
        months = get_month_names("wide", context="stand-alone", locale=current_language())
        self.fiscal_year_start.choices = [(str(number), months[number]) for number in range(1, 13)]


class SettingsView(Page):
    @form()
    def index(self) -> ResponseReturnValue:
        app = draft_model().app
        present = {
            "name": app.name, "language": app.language, "zone": app.zone, "week_start": str(app.week_start),
            "fiscal_year_start": str(app.fiscal_year_start),
        }  # fmt: skip
        filled = AppForm(request.form if request.method == "POST" else None, data=present)
        filled.offer()
        if request.method == "POST" and filled.validate():
            answer = self._keep(filled, present)
            if answer is not None:
                return answer
        site = current_site()
        now = site.chosen.now()
        settings = [
            (setting, _shown(now[setting.name], setting.secret), now.source(setting.name)) for setting in SETTINGS
        ]
        file = str((site.folder / SETTINGS_FILE).absolute())
        return self.render("setup/settings.html", form=filled, app=app, settings=settings, file=file)

    def _keep(self, filled: AppForm, present: dict[str, str]) -> ResponseReturnValue | None:
        """Into the draft; None with the problems on the form when it has some."""
        changed: dict[str, Any] = {name: value for name, value in filled.data.items() if value != present[name]}
        for name in ("week_start", "fiscal_year_start"):
            if name in changed:
                changed[name] = int(changed[name])
        return keep_edit(
            gettext("Settings of the application"),
            lambda layers: patch_section(layers, PATH, "app", changed, vars(AppDef())),
            PATH,
            "/setup/settings/",
            filled.form_errors,
        )


def _shown(value: Any, secret: bool) -> str | None:
    """None for what is kept secret, and for what has parts, which may be."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, tuple | list) and all(isinstance(each, str) for each in value):
        value = ", ".join(value)
    return str(value) if isinstance(value, str | int) and not (secret and value) else None


def settings_view() -> SettingsView:
    return SettingsView(_("Settings"), SITE, endpoint="settings", menu_icon_value="sliders")
