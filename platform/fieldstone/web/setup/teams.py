"""Teams: a tree of groups of people, who may own records together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import request
from markupsafe import Markup
from wtforms import Form, SelectField, StringField
from wtforms.validators import InputRequired, Length

from fieldstone.kernel.folding import fold
from fieldstone.records.accounts.teams import TeamNode
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.persons import person
from fieldstone.web.setup.categories import ACCESS
from fieldstone.web.setup.columns import EMPTY, Column
from fieldstone.web.setup.listed import Listed
from fieldstone.web.setup.people import all_users, names_of_users
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast

_DEEPEST = 5
_NOT_IN, _MEMBER, _LEADER = "", "member", "leader"


class TeamForm(Form):  # type: ignore[misc]
    name = StringField(_("Name"), [InputRequired(_("Write what the team is called.")), Length(max=200)])
    parent_id = SelectField(
        _("Below"), default="", description=_("Whoever sees what the team above owns, sees what this one owns.")
    )

    def offer(self, teams: Sequence[TeamNode], own: TeamNode | None) -> None:
        shown = [
            (str(team.id), "\u2007" * 2 * team.depth + team.name) for team in teams if own is None or team.id != own.id
        ]
        self.parent_id.choices = [("", gettext("No team: at the top")), *shown]


def _name(team: TeamNode) -> Markup:
    depth = min(team.depth, _DEEPEST)
    branch = Markup('<i class="bi bi-arrow-return-right fs-quiet" aria-hidden="true"></i>') if depth else ""
    return Markup('<span class="fs-tree fs-depth-{}">{}<a href="/setup/teams/edit/?id={}">{}</a></span>').format(
        depth, branch, team.id, team.name
    )


def _leaders(team: TeamNode) -> Markup | str:
    names = names_of_users()
    return Markup(" ").join(person(id, names.get(id, f"#{id}")) for id in team.leaders) or EMPTY


class TeamsView(Listed):
    icon = "diagram-3"
    about = _("People who work together, and teams below teams")
    new_label = _("New team")
    empty_title = _("No teams yet")
    empty_text = _("A team owns records together. Roles can let people see what their team owns.")
    can_create = can_edit = True
    page_size = 200
    form_class = TeamForm
    create_template = "setup/team_new.html"
    edit_template = "setup/team.html"
    columns: ClassVar[Sequence[Column]] = (
        Column(name="name", label=_("Team"), slot="title", show=_name),
        Column(name="leaders", label=_("Leaders"), slot="sub", show=_leaders),
        Column(name="members", label=_("People"), slot="figure", width="w-8", show=lambda t: len(t.members)),
    )

    def find(self, text: str) -> list[TeamNode]:
        wanted = fold(text)
        return [team for team in current_site().accounts.list_teams() if wanted in fold(team.name)]

    def create_form(self, obj: Any = None) -> Form:
        form: TeamForm = super().create_form(obj)
        form.offer(self.find(""), None)
        return form

    def edit_form(self, obj: TeamNode | None = None) -> Form:
        form: TeamForm = super().edit_form(obj)
        form.offer(self.find(""), obj)
        if request.method == "GET" and obj is not None:
            form.parent_id.data = "" if obj.parent_id is None else str(obj.parent_id)
        return form

    def create_model(self, form: Form) -> Any:
        def work() -> TeamNode:
            number = current_site().accounts.add_team(
                form.data["name"], find_number(form.data["parent_id"]), by=current_actor()
            )
            toast(gettext("The team %(name)s is added. Say who is in it.", name=form.data["name"]))
            team: TeamNode = self.get_one(number)
            return team

        return self.attempt(form, work)

    def update_model(self, form: Form, model: TeamNode) -> bool:
        def work() -> bool:
            accounts, actor = current_site().accounts, current_actor()
            parent = find_number(form.data["parent_id"])
            if parent != model.parent_id:
                accounts.move_team(model.id, parent, by=actor)
            if form.data["name"] != model.name:
                accounts.rename_team(model.id, form.data["name"], by=actor)
            members, leaders = self._people()
            if set(members) != set(model.members) or set(leaders) != set(model.leaders):
                accounts.set_members(model.id, members, leaders, by=actor)
            toast(gettext("The team %(name)s is saved", name=form.data["name"]))
            return True

        return bool(self.attempt(form, work))

    def _people(self) -> tuple[list[int], list[int]]:
        """Members and leaders as the form says: `place.ID` for those who were there, and those who are added."""
        places = {
            number: value
            for name, value in request.form.items()
            if name.startswith("place.") and (number := find_number(name[6:])) is not None
        }
        place = _LEADER if request.form.get("add_as") == _LEADER else _MEMBER
        places |= {number: place for text in request.form.getlist("add") if (number := find_number(text)) is not None}
        known = names_of_users()
        members = [number for number, value in places.items() if value in (_MEMBER, _LEADER) and number in known]
        return members, [number for number in members if places[number] == _LEADER]

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        return self.get_url(".edit_view", id=model.id)

    def render(self, template: str, **values: Any) -> str:
        team: TeamNode | None = values.get("model")
        if team is not None:
            values |= {
                "title": team.name,
                "people": [user for user in all_users() if user.id in team.members],
                "others": [user for user in all_users() if user.active and user.id not in team.members],
                "person": person,
            }
        return super().render(template, **values)


def teams_view() -> TeamsView:
    return TeamsView(TeamNode, _("Teams"), endpoint="teams", category=ACCESS)
