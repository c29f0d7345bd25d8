"""Teams: a tree of groups of people, who may own records together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import Form, SelectField, StringField
from wtforms.validators import InputRequired, Length

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.kernel.folding import fold
from fieldstone.metadata.definitions import Party
from fieldstone.records.accounts.teams import TeamNode
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.persons import person
from fieldstone.web.reasons import rule_label
from fieldstone.web.setup.categories import ACCESS
from fieldstone.web.setup.columns import EMPTY, Column, branch, link
from fieldstone.web.setup.listed import Listed
from fieldstone.web.setup.people import all_users, names_of_users
from fieldstone.web.setup.view import back_to, form
from fieldstone.web.setup.view import later as _
from fieldstone.web.setup.words import module_plural
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

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
    return branch(team.depth, link(f"/setup/teams/edit/?id={team.id}", team.name))


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
        filled: TeamForm = super().create_form(obj)
        filled.offer(self.find(""), None)
        return filled

    def edit_form(self, obj: TeamNode | None = None) -> Form:
        filled: TeamForm = super().edit_form(obj)
        filled.offer(self.find(""), obj)
        if request.method == "GET" and obj is not None:
            filled.parent_id.data = "" if obj.parent_id is None else str(obj.parent_id)
        return filled

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

    @form("/<int:number>/remove")
    def remove(self, number: int) -> ResponseReturnValue:
        """What belongs to the team, and where it goes."""
        team: TeamNode = self.get_one(number)
        accounts, actor, problem = current_site().accounts, current_actor(), ""
        if request.method == "POST":
            try:
                given = accounts.remove_team(team.id, hand_over_to=find_number(request.form.get("to", "")), by=actor)
            except FieldstoneError as error:
                if error.status >= 500:
                    raise
                problem = explain(error)
            else:
                words = gettext("The team %(name)s is removed", name=team.name)
                if given.job is not None:
                    words += ". " + gettext("A job goes through the records now.")
                toast(words)
                return back_to(self.get_url(".index_view"))
        teams, rules = self.find(""), current_model().sharing.rules.values()
        return self.render(
            "setup/team_remove.html", title=gettext("Remove %(name)s", name=team.name), team=team, problem=problem,
            people=[user for user in all_users() if user.id in team.members], person=person, rule_label=rule_label,
            owned=[(module_plural(name), number) for name, number in accounts.count_owned(team.id).items()],
            below=[each.name for each in teams if each.parent_id == team.id],
            above=next((each.name for each in teams if each.id == team.parent_id), ""),
            rules=[rule for rule in rules if Party(kind="team", name=team.name) in (*rule.to, rule.owners)],
            heirs=[(each.id, each.name) for each in teams if each.id != team.id and each.active]
            + [(user.id, user.label) for user in all_users() if user.active],
        )  # fmt: skip

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
