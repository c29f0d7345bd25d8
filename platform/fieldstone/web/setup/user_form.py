"""The forms of a user: a new one, and one that is there."""

from __future__ import annotations

from zoneinfo import available_timezones

from wtforms import BooleanField, Form, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from fieldstone.web.current import current_actor, current_model
from fieldstone.web.i18n import LANGUAGES, gettext
from fieldstone.web.setup.people import profile_label, role_label
from fieldstone.web.setup.view import later as _


class UserForm(Form):  # type: ignore[misc]
    """Choices are those of the request; call `offer` before it is checked or shown."""

    label = StringField(_("Name"), [InputRequired(_("Write the name that others see.")), Length(max=200)])
    email = StringField(_("E-mail"), [Length(max=254)], default="")
    language = SelectField(_("Language"), default="")
    zone = SelectField(_("Time zone"), default="")
    roles = SelectMultipleField(_("Roles"))
    profiles = SelectMultipleField(_("Profiles, besides those of the roles"))
    is_admin = BooleanField(_("Administrator: may do everything, whatever the roles say"))

    def offer(self) -> None:
        model = current_model()
        self.language.choices = [("", gettext("The site's")), *LANGUAGES.items()]
        zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        self.zone.choices = [
            ("", gettext("The site's, %(zone)s", zone=model.app.zone)),
            *((zone, zone) for zone in zones),
        ]
        self.roles.choices = [(name, role_label(name)) for name in model.roles]
        self.profiles.choices = [(name, profile_label(name)) for name in model.profiles]
        if not model.profiles:
            del self.profiles
        if not current_actor().is_admin:
            del self.is_admin


class NewUserForm(UserForm):
    username = StringField(
        _("User name"),
        [InputRequired(_("Write the name to log in with.")), Length(max=64)],
        description=_("For logging in. It cannot be changed later."),
    )
