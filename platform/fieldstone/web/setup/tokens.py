"""API tokens of everybody: made, shown once, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from flask import abort
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import Form, SelectField, StringField
from wtforms.validators import InputRequired, Length

from fieldstone.kernel.folding import fold
from fieldstone.records.accounts.tokens import NewToken, TokenInfo
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.categories import ACCESS
from fieldstone.web.setup.columns import Column, badge, moment, someone, tags
from fieldstone.web.setup.listed import Listed
from fieldstone.web.setup.people import all_users, may_answer_for, names_of_users
from fieldstone.web.setup.view import back_to, change, form, told
from fieldstone.web.setup.view import later as _


class TokenForm(Form):  # type: ignore[misc]
    label = StringField(_("What it is for"), [InputRequired(_("Write which program uses it.")), Length(max=200)])
    user_id = SelectField(_("Acts for"), description=_("The program may do what this person may do, and no more."))
    expires = SelectField(_("Valid for"), default="90d")
    scopes = StringField(
        _("Scopes"),
        [Length(max=500)],
        default="",
        description=_("read, write, module:NAME, with spaces between them. Nothing: all that the person may do."),
    )

    def offer(self) -> None:
        mine = current_actor()
        self.user_id.choices = [
            (str(user.id), f"{user.label} ({user.username})")
            for user in all_users()
            if user.active and (mine.is_admin or user.id == mine.user_id)
        ]
        self.expires.choices = [
            ("30d", gettext("30 days")), ("90d", gettext("90 days")), ("52w", gettext("a year")),
            ("never", gettext("until it is revoked")),
        ]  # fmt: skip


def _end(token: TokenInfo) -> Markup:
    if token.expires_at is None:
        return badge(gettext("Until revoked"), "blue")
    if token.expires_at <= current_site().clock():
        return badge(gettext("Expired"), "gray", "hourglass-bottom")
    return moment(token.expires_at)


def _soon(token: TokenInfo) -> tuple[bool, datetime | None]:
    return token.expires_at is None, token.expires_at


class TokensView(Listed):
    icon = "key"
    about = _("Keys that programs use the API with")
    new_label = _("New token")
    empty_title = _("No API tokens")
    empty_text = _("A program needs a token to use the API. It acts for one person, with what that person may do.")
    can_create = can_delete = True
    delete_label = _("Revoke")
    delete_question = _("Programs that use it can no longer do so, at once. This cannot be taken back.")
    row_template = "setup/token_tools.html"
    form_class = TokenForm
    create_template = "setup/token_new.html"
    columns: ClassVar[Sequence[Column]] = (
        Column(name="label", label=_("What it is for"), slot="title", show=lambda t: t.label,
               key=lambda t: fold(t.label)),
        Column(
            name="user", label=_("Acts for"), slot="sub", show=lambda t: someone(t.user_id, names_of_users()),
            key=lambda t: names_of_users().get(t.user_id, ""),
        ),
        Column(name="scopes", label=_("Scopes"), show=lambda t: tags(t.scopes) if t.scopes else gettext("everything")),
        Column(name="created", label=_("Made"), slot="person", width="w-9", show=lambda t: moment(t.created_at),
               key=lambda t: t.created_at),
        Column(name="used", label=_("Last used"), slot="date", width="w-9",
               show=lambda t: moment(t.used_at, empty=gettext("never"))),
        Column(name="expires", label=_("Valid until"), slot="status", width="w-9", show=_end, key=_soon),
    )  # fmt: skip

    def find(self, text: str) -> list[TokenInfo]:
        wanted = fold(text)
        people = {user.id: fold(f"{user.label} {user.username}") for user in all_users()}
        found = current_site().accounts.list_tokens()
        return [token for token in found if wanted in fold(token.label) or wanted in people.get(token.user_id, "")]

    @form("/new/")
    def create_view(self) -> Any:
        """As Flask-Admin's, but what is made is shown, once, instead of the list."""
        filled: TokenForm = self.create_form()
        filled.offer()
        made = self.create_model(filled) if self.validate_form(filled) else None
        if isinstance(made, NewToken):
            return self.render(
                "setup/secret.html", title=gettext("The token “%(label)s”", label=filled.data["label"]),
                secret=made.secret, back=self.get_url(".index_view"),
                text=gettext("The program sends it as: Authorization: Bearer, a space, and the token."),
            ), 200  # fmt: skip
        return self.render(self.create_template, form=filled, return_url=self.get_url(".index_view"))

    def create_model(self, form: Form) -> NewToken | bool:
        user = next((each for each in all_users() if str(each.id) == form.data["user_id"]), None)
        if user is None:
            abort(400)

        def work() -> NewToken:
            scopes = form.data["scopes"].split()
            return current_site().accounts.add_token(
                user.username, label=form.data["label"], scopes=scopes, expires=form.data["expires"], by=current_actor()
            )

        made: NewToken | bool = self.attempt(form, work)
        return made

    def may_end(self, token: TokenInfo) -> bool:
        return may_answer_for(token.user_id)

    def delete_model(self, model: TokenInfo) -> bool:
        def work() -> None:
            current_site().accounts.revoke_token(model.id, by=current_actor())

        return told(work, gettext("The token “%(label)s” is revoked", label=model.label))

    @change("/<int:number>/revoke")
    def revoke(self, number: int) -> ResponseReturnValue:
        self.delete_model(self.get_one(number))
        return back_to(self.get_url(".index_view"))


def tokens_view() -> TokensView:
    return TokensView(TokenInfo, _("API tokens"), endpoint="tokens", category=ACCESS)
