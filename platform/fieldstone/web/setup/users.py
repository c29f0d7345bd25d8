"""Users: who may log in, and with which roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import Form

from fieldstone.kernel.folding import fold, sort_key
from fieldstone.records.accounts.users import UserAccount
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.persons import person
from fieldstone.web.setup.asked_record import asked_record
from fieldstone.web.setup.categories import ACCESS
from fieldstone.web.setup.columns import EMPTY, Column, badge, full_moment, moment, mono, tags
from fieldstone.web.setup.effective import effective_rows, effective_rules, effective_sources, effective_tools
from fieldstone.web.setup.listed import Filter, Listed
from fieldstone.web.setup.matrix import right_words
from fieldstone.web.setup.people import all_users, role_label
from fieldstone.web.setup.user_form import NewUserForm, UserForm
from fieldstone.web.setup.view import back_to, change, show, told
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast

_LONG_AGO = 0.0


def _name(user: UserAccount) -> Markup:
    return Markup('<a href="/setup/users/edit/?id={}">{}</a>').format(user.id, person(user.id, user.label))


def _state(user: UserAccount) -> Markup:
    if not user.active:
        return badge(gettext("Not active"), "gray", "slash-circle")
    if user.is_admin:
        return badge(gettext("Administrator"), "violet", "shield-check")
    if not user.has_password:
        return badge(gettext("No password yet"), "amber", "hourglass")
    return badge(gettext("Active"), "green", "check-circle")


class UsersView(Listed):
    icon = "people"
    about = _("Who may log in, and what they may do")
    new_label = _("New user")
    empty_title = _("No users")
    empty_text = _("Add the people who work with this site.")
    can_create = can_edit = True
    form_class = UserForm
    create_template = "setup/user_new.html"
    edit_template = "setup/user.html"
    columns: ClassVar[Sequence[Column]] = (
        Column(name="label", label=_("Name"), slot="title", width="w-15", show=_name, key=lambda u: sort_key(u.label)),
        Column(name="username", label=_("User name"), width="w-10", show=lambda u: mono(u.username),
               key=lambda u: u.username),
        Column(name="roles", label=_("Roles"), slot="sub", show=lambda u: tags([role_label(r) for r in u.roles])),
        Column(name="teams", label=_("Teams"), slot="person", width="w-9", show=lambda u: ", ".join(u.teams) or EMPTY,
               key=lambda u: u.teams),
        Column(name="state", label=_("State"), slot="status", width="w-10", show=_state),
        Column(
            name="last", label=_("Last log-in"), slot="date", width="w-9", show=lambda u: moment(u.last_login_at),
            key=lambda u: u.last_login_at.timestamp() if u.last_login_at else _LONG_AGO,
        ),
    )  # fmt: skip

    def filters(self) -> Sequence[Filter]:
        states = [("active", gettext("Active")), ("off", gettext("Not active")), ("admin", gettext("Administrators"))]
        roles = [(name, role_label(name)) for name in current_model().roles]
        return Filter("state", gettext("State"), states), Filter("role", gettext("Role"), roles)

    def find(self, text: str) -> list[UserAccount]:
        state, role = (choice.value for choice in self.filters())
        wanted = fold(text)
        return [
            user
            for user in all_users()
            if (not wanted or any(wanted in fold(each) for each in (user.label, user.username, user.email)))
            and (not role or role in user.roles)
            and (not state or {"active": user.active, "off": not user.active, "admin": user.is_admin}[state])
        ]

    def find_one(self, key: Any) -> UserAccount | None:
        return next((user for user in all_users() if str(user.id) == str(key)), None)

    # New and changed

    def get_create_form(self) -> type[Form]:
        return NewUserForm

    def create_form(self, obj: Any = None) -> Form:
        form: NewUserForm = super().create_form(obj)
        form.offer()
        return form

    def edit_form(self, obj: UserAccount | None = None) -> Form:
        form: UserForm = super().edit_form(obj)
        form.offer()
        return form

    def create_model(self, form: Form) -> Any:
        values = self._values(form)
        return self.attempt(form, lambda: self._create(form.data["username"], values))

    def _create(self, username: str, values: dict[str, Any]) -> UserAccount:
        accounts = current_site().accounts
        user = accounts.get_user(accounts.add_user(username, **values, by=current_actor()))
        toast(gettext("%(name)s is added. Make a log-in link, so that they can come in.", name=user.label))
        return user

    def update_model(self, form: Form, model: UserAccount) -> bool:
        def work() -> bool:
            current_site().accounts.update_user(model.id, **self._values(form), by=current_actor())
            toast(gettext("%(name)s is saved", name=form.data["label"]))
            return True

        return bool(self.attempt(form, work))

    def _values(self, form: Form) -> dict[str, Any]:
        """What the form gives; what it does not ask for is left as it is."""
        names = ("label", "email", "language", "zone", "roles", "profiles", "is_admin")
        return {name: form.data[name] for name in names if name in form.data}

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        return self.get_url(".edit_view", id=model.id)

    def render(self, template: str, **values: Any) -> str:
        user: UserAccount | None = values.get("model")
        if user is not None:
            accounts = current_site().accounts
            values |= {
                "title": user.label,
                "state": _state(user),
                "sessions": accounts.list_sessions(user.id),
                "tokens": accounts.list_tokens(user.id),
                "second_factor": accounts.has_second_factor(user.id),
                "may_touch": self._may_touch(user),
                "is_mine": current_actor().is_admin or user.id == current_actor().user_id,
                "may_act": current_actor().is_admin and user.active and not user.is_admin,
                "is_self": user.id == current_actor().user_id,
                "heirs": self._heirs(user),
                "facts": [
                    (gettext("User name"), mono(user.username)),
                    (gettext("Teams"), ", ".join(user.teams) or EMPTY),
                    (gettext("Added"), full_moment(user.created_at)),
                    (gettext("Last log-in"), full_moment(user.last_login_at)),
                ],
            }
        return super().render(template, **values)

    # What is done to one user

    @change("/<int:number>/link")
    def make_link(self, number: int) -> ResponseReturnValue:
        """A link that logs the user in once. It is shown here and kept nowhere."""
        user = self._touched(number)
        key = current_site().accounts.login_link(user.username, by=current_actor())
        url = f"{request.host_url.rstrip('/')}/login/link/{key}"
        page = super().render(
            "setup/secret.html", title=gettext("A log-in link for %(name)s", name=user.label), secret=url,
            text=gettext("It works once, within the hour. Send it by a way that only this person reads."),
            back=self.get_url(".edit_view", id=user.id),
        )  # fmt: skip
        return page, 200

    @show("/<int:number>/rights")
    def effective_rights(self, number: int) -> ResponseReturnValue:
        """What the user may do, by all that gives rights together."""
        user: UserAccount = self.get_one(number)
        actor = current_site().accounts.find_actor(user.id)
        return super().render(
            "setup/user_rights.html", title=gettext("What %(name)s may do", name=user.label), user=user,
            actor=actor, rows=effective_rows(actor) if actor else [], rights=right_words(),
            given=effective_tools(actor) if actor else [], rules=effective_rules(actor) if actor else [],
            asked=asked_record(user.id) if actor else None, sources=effective_sources(user),
        )  # fmt: skip

    @change("/<int:number>/sessions/end")
    def end_sessions(self, number: int) -> ResponseReturnValue:
        user = self._touched(number)
        done = gettext("%(name)s is logged out everywhere", name=user.label)
        told(lambda: current_site().accounts.end_sessions(user.id, by=current_actor()), done)
        return back_to(self.get_url(".edit_view", id=number))

    @change("/<int:number>/second-factor/reset")
    def reset_second_factor(self, number: int) -> ResponseReturnValue:
        user = self._touched(number)
        done = gettext("%(name)s logs in without a second factor until another one is set up", name=user.label)
        told(lambda: current_site().accounts.reset_second_factor(user.id, by=current_actor()), done)
        return back_to(self.get_url(".edit_view", id=number))

    @change("/<int:number>/activate")
    def activate(self, number: int) -> ResponseReturnValue:
        user = self._touched(number)
        done = gettext("%(name)s may log in again", name=user.label)
        told(lambda: current_site().accounts.update_user(user.id, active=True, by=current_actor()), done)
        return back_to(self.get_url(".edit_view", id=number))

    @change("/<int:number>/deactivate")
    def deactivate(self, number: int) -> ResponseReturnValue:
        """The user can no longer log in; what the user owns may go to somebody else."""
        user = self._touched(number)
        if user.id == current_actor().user_id:
            abort(403)  # whoever locks oneself out cannot take it back
        to = find_number(request.form.get("to", ""))
        done = gettext("%(name)s can no longer log in", name=user.label)
        told(lambda: current_site().accounts.deactivate(user.id, hand_over_to=to, by=current_actor()), done)
        return back_to(self.get_url(".edit_view", id=number))

    def _touched(self, number: int) -> UserAccount:
        user: UserAccount = self.get_one(number)
        if not self._may_touch(user):
            abort(403)
        return user

    def _heirs(self, user: UserAccount) -> list[tuple[int, str]]:
        """Who could take over the records of a user."""
        if not current_actor().is_admin:
            return []
        people = [(each.id, each.label) for each in all_users() if each.active and each.id != user.id]
        return people + [(team.id, team.name) for team in current_site().accounts.list_teams() if team.active]

    def _may_touch(self, user: UserAccount) -> bool:
        """Only an administrator has power over one: a link would log in as that person."""
        return current_actor().is_admin or not user.is_admin


def users_view() -> UsersView:
    return UsersView(UserAccount, _("Users"), endpoint="users", category=ACCESS)
