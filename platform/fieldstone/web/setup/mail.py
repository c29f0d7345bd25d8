"""Mail: the server that takes it, the sender it comes from, and a test."""

from __future__ import annotations

import re
from email.utils import parseaddr, quote
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from wtforms import Form, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.runtime.chosen import MAIL_SERVER
from fieldstone.runtime.settings import SiteSettings
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.noted import note
from fieldstone.web.setup.trial_words import trial_words
from fieldstone.web.setup.view import Page, back_to, change, form
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain
from fieldstone.workflows.mail import Mail, is_address
from fieldstone.workflows.mail_trial import try_mail

_HOST = re.compile(r"[A-Za-z0-9._:\-\u0080-\U0010ffff]{1,253}")


class MailForm(Form):  # type: ignore[misc]
    host = StringField(
        _("Server"), description=_("Such as smtp.example.com. Without one, mail is written to the folder outbox.")
    )
    tls = SelectField(_("Security of the line"), description=_("What the server's operator says; STARTTLS is usual."))
    port = IntegerField(
        _("Port"), [InputRequired(_("Write a port.")), NumberRange(1, 65_535, _("A port goes from 1 to 65535."))],
        description=_("587 with STARTTLS, 465 with TLS, 25 without."),
    )  # fmt: skip
    user = StringField(_("User name"), [Length(max=200)], description=_("Leave it empty if the server asks for none."))
    password = PasswordField(_("Password"), [Length(max=500)])
    sender = StringField(_("Name of the sender"), [Length(max=80)])
    address = StringField(_("Address of the sender"), [InputRequired(_("Write an address."))])
    reply_to = StringField(
        _("Answers go to"), [Optional()], description=_("Without an address here, to that of the sender.")
    )

    def offer(self, *, has_password: bool) -> None:
        self.tls.choices = [
            ("starttls", gettext("STARTTLS: encrypted once the server has said so")),
            ("tls", gettext("TLS: encrypted from the start")),
            ("none", gettext("None: anybody on the way can read along")),
        ]
        self.password.description = (
            gettext("One is stored and not shown. Leave this empty to keep it.")
            if has_password
            else gettext("It is stored encrypted and never shown again.")
        )

    def validate_host(self, field: Any) -> None:
        if field.data and not _HOST.fullmatch(field.data):
            raise ValidationError(gettext("Write the name of a server, without http:// and without a port."))

    def validate_address(self, field: Any) -> None:
        if not is_address(field.data):
            raise ValidationError(gettext("Write an address such as crm@example.com."))

    def validate_reply_to(self, field: Any) -> None:
        if field.data and not is_address(field.data):
            raise ValidationError(gettext("Write an address such as crm@example.com."))

    def validate_sender(self, field: Any) -> None:
        if field.data and not field.data.isprintable():
            raise ValidationError(gettext("A name is one line of text."))


class MailView(Page):
    @form()
    def index(self) -> ResponseReturnValue:
        settings = current_site().chosen.now()
        filled = _form(settings)
        if request.method == "POST":
            for field in filled:
                if isinstance(field.data, str) and field.name != "password":
                    field.data = field.data.strip()
            if filled.validate() and self._keep(filled, settings):
                return back_to(self.get_url(".index"))
        return self._page(filled, settings)

    @change("/test")
    def test(self) -> ResponseReturnValue:
        """Send a mail to whoever asks, and show what the server said."""
        site, actor = current_site(), current_actor()
        settings = site.chosen.now()
        account = site.accounts.get_user(actor.user_id or 0)
        if not actor.is_admin or not account.email or not is_address(account.email):
            return back_to(self.get_url(".index"))
        mail = Mail(
            to=account.email,
            subject=gettext("Test mail of %(name)s", name=current_model().app.name),
            text=gettext("If you read this, the site can send mail."),
        )
        trial = try_mail(site.workflows.mailer, mail)
        note("mail.tested", f"user:{account.id}", result=trial.outcome, to=account.email)
        told = trial_words(trial, settings, account.email)
        return self._page(_form(settings, sent=False), settings, trial=trial, told=told), 200

    def _keep(self, filled: MailForm, settings: SiteSettings) -> bool:
        """Store what can be set here; False with the problems on the form."""
        chosen = current_site().chosen
        sender = f'"{quote(filled.sender.data)}" <{filled.address.data}>' if filled.sender.data else filled.address.data
        wanted: dict[str, Any] = {
            "mail.host": filled.host.data, "mail.port": filled.port.data, "mail.tls": filled.tls.data,
            "mail.user": filled.user.data, "mail.from": sender, "mail.reply_to": filled.reply_to.data,
        }  # fmt: skip
        wanted = {name: value for name, value in wanted.items() if not chosen.is_fixed(name)}
        if not chosen.is_fixed("mail.password"):
            # A password goes nowhere else than where it was meant for when it was written.
            moved = any(wanted[name] != settings[name] for name in MAIL_SERVER if name in wanted)
            if filled.password.data:
                wanted["mail.password"] = filled.password.data
            elif not wanted["mail.user"]:
                wanted["mail.password"] = None
            elif moved and settings["mail.password"]:
                filled.password.errors = [gettext("The server has changed: write the password again.")]
                return False
        try:
            changed = chosen.choose(wanted, current_actor())
        except FieldstoneError as error:
            if error.status >= 500:
                raise
            filled.form_errors.append(explain(error))
            return False
        toast(gettext("Saved. It holds at once.") if changed else gettext("Nothing has changed"))
        return True

    def _page(self, filled: MailForm, settings: SiteSettings, **values: Any) -> str:
        site, actor = current_site(), current_actor()
        account = site.accounts.get_user(actor.user_id or 0)
        fixed = {name for name in (*MAIL_SERVER, "mail.from", "mail.reply_to") if site.chosen.is_fixed(name)}
        shown = {"trial": None, "told": None} | values
        return self.render(
            "setup/mail.html", form=filled, fixed=fixed, settings=settings, to=account.email or "",
            may_change=actor.is_admin, **shown,
        )  # fmt: skip


def _form(settings: SiteSettings, *, sent: bool = True) -> MailForm:
    name, address = parseaddr(settings["mail.from"])
    present = {
        "host": settings["mail.host"], "port": settings["mail.port"], "tls": settings["mail.tls"],
        "user": settings["mail.user"], "sender": name, "address": address, "reply_to": settings["mail.reply_to"],
    }  # fmt: skip
    filled = MailForm(request.form if sent and request.method == "POST" else None, data=present)
    filled.offer(has_password=bool(settings["mail.password"]))
    return filled


def mail_view() -> MailView:
    return MailView(_("Mail"), SITE, endpoint="mail", menu_icon_value="envelope-at")
