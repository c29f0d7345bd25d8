"""Roles and profiles: who may do what, edited in the draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.changes.site_patch import rename_in_site
from fieldstone.kernel.folding import fold
from fieldstone.kernel.names import is_name
from fieldstone.metadata.definitions import ProfileDef, RoleDef
from fieldstone.metadata.rights import FIELD_ACCESS
from fieldstone.metadata.setup_reach import reach_of_role
from fieldstone.web.i18n import gettext
from fieldstone.web.persons import person
from fieldstone.web.reasons import rule_label
from fieldstone.web.setup.categories import ACCESS
from fieldstone.web.setup.columns import EMPTY, Column, badge, branch, mono, tags
from fieldstone.web.setup.draft_words import field_label, module_plural, profile_label, role_label
from fieldstone.web.setup.drafting import draft_model, keep_edit
from fieldstone.web.setup.entry import PATH, changed_entry, entries, new_entry, read_entry, with_entry, with_fields
from fieldstone.web.setup.guarded_parts import part_words
from fieldstone.web.setup.languages import edit_with_words, typed_words
from fieldstone.web.setup.listed import Listed
from fieldstone.web.setup.matrix import field_access_words, right_words, rows_of, scope_words, tool_words
from fieldstone.web.setup.people import all_users
from fieldstone.web.setup.role_removal import KINDS, handing_of, heirs_of, held_name, uses_of, without_entry
from fieldstone.web.setup.role_tree import depth_of, roles_as_tree
from fieldstone.web.setup.view import change, form, show
from fieldstone.web.setup.view import later as _

Entry = RoleDef | ProfileDef


def _count(entry: Entry) -> int:
    """How many people have a role now."""
    held = held_name("roles", entry.name)
    return sum(held in user.roles for user in all_users())


def _title(section: str, label: Any) -> Any:
    def work(entry: Entry) -> Markup:
        return Markup('<a href="/setup/{}/of/{}">{}</a>').format(section, entry.name, label(entry.name))

    return work


class AccessView(Listed):
    """What roles and profiles have in common; `section` is that of the document."""

    section: ClassVar[str]
    one: ClassVar[object]
    list_template = "setup/access.html"
    page_size = 200
    new_title: ClassVar[object]

    def find(self, text: str) -> list[Entry]:
        wanted = fold(text)
        found = entries(self.section).values()
        return [each for each in found if wanted in fold(f"{each.name} {self.label_of(each.name)}")]

    def find_one(self, key: Any) -> Entry | None:
        return entries(self.section).get(str(key))

    def get_pk_value(self, model: Entry) -> str:
        return model.name

    def label_of(self, name: str) -> str:
        raise NotImplementedError

    @form("/of/<name>")
    def edit(self, name: str) -> ResponseReturnValue:
        entry: Entry = self.get_one(name)
        problems: list[str] = []
        if request.method == "POST":
            wanted = changed_entry(read_entry(self.section, name), entry, request.form)
            edit = edit_with_words(with_entry(self.section, name, wanted), typed_words(self._text_key(name)))
            words = gettext("%(name)s: rights", name=self.label_of(name))
            answer = keep_edit(words, edit, PATH, self._url(name), problems)
            if answer is not None:
                return answer
        return self.render(
            "setup/role.html", entry=entry, title=self.label_of(name), problems=problems, rows=rows_of(entry.grants),
            rights=right_words(), scopes=scope_words(), tools=tool_words(), holders=_count(entry),
            roles=[(each, role_label(each)) for each in draft_model().roles if each != name],
            profiles=[(each, profile_label(each)) for each in draft_model().profiles], setup_parts=part_words(),
            modules=[(each, module_plural(each)) for each in draft_model().modules], text_key=self._text_key(name),
        )  # fmt: skip

    @form("/of/<name>/fields/<module>")
    def fields(self, name: str, module: str) -> ResponseReturnValue:
        """What may be done with each field of a module."""
        entry: Entry = self.get_one(name)
        if module not in draft_model().modules:
            abort(404)
        problems: list[str] = []
        plural = module_plural(module)
        if request.method == "POST":
            wanted = with_fields(read_entry(self.section, name), module, request.form)
            words = gettext("%(name)s: fields of %(module)s", name=self.label_of(name), module=plural)
            edit = with_entry(self.section, name, wanted)
            answer = keep_edit(words, edit, PATH, f"{self._url(name)}/fields/{module}", problems)
            if answer is not None:
                return answer
        words_of = field_access_words()
        access = entry.grants.fields.get(module, {})
        definition = draft_model().modules[module]
        rows = [
            (each, field_label(module, each), access.get(each, "edit"), each == definition.name_field)
            for each in definition.fields
        ]
        return self.render(
            "setup/role_fields.html", entry=entry, title=plural, module=module, rows=rows, problems=problems,
            choices=[(each, words_of[each]) for each in reversed(FIELD_ACCESS)], entry_label=self.label_of(name),
        )  # fmt: skip

    @form("/add")
    def add(self) -> ResponseReturnValue:
        label, name = request.form.get("label", "").strip(), request.form.get("name", "").strip()
        like, problems = request.form.get("like", ""), []
        if request.method == "POST":
            if not label or not is_name(name):
                problems.append(gettext("A name in small letters, digits and _ is needed, and a label."))
            elif name in entries(self.section):
                problems.append(gettext("There is one called %(name)s already.", name=name))
            else:
                like = like if like in entries(self.section) else ""
                edit = with_entry(self.section, name, new_entry(self.section, label, like))
                words = gettext("New: %(name)s", name=label)
                answer = keep_edit(words, edit, PATH, self._url(name), problems)
                if answer is not None:
                    return answer
        models = [(each, self.label_of(each)) for each in entries(self.section)]
        return self.render("setup/role_new.html", title=self.new_title, models=models, problems=problems)

    @change("/of/<name>/rename")
    def rename(self, name: str) -> ResponseReturnValue:
        """Another name in the documents; the label is changed on the page of the rights."""
        self.get_one(name)
        new, problems = request.form.get("new", "").strip(), list[str]()
        if not is_name(new):
            problems.append(gettext("A name in small letters, digits and _ is needed."))
        elif new in entries(self.section):
            problems.append(gettext("There is one called %(name)s already.", name=new))
        else:
            kind, words = KINDS[self.section], gettext("%(old)s is now called %(new)s", old=name, new=new)
            answer = keep_edit(
                words, lambda layers: rename_in_site(layers, kind, name, new), PATH, self._url(new), problems
            )
            if answer is not None:
                return answer
        return self.render("setup/problems.html", title=self.label_of(name), problems=problems,
                           back=self.get_url(".edit", name=name))  # fmt: skip

    @form("/of/<name>/remove")
    def remove(self, name: str) -> ResponseReturnValue:
        """What uses it, and what becomes of that."""
        entry: Entry = self.get_one(name)
        problems: list[str] = []
        if request.method == "POST":
            heir = request.form.get("heir", "")
            heir = heir if heir in entries(self.section) and heir != name else ""
            words = gettext("Removed: %(name)s", name=self.label_of(name))
            answer = keep_edit(
                words, without_entry(self.section, name, request.form), PATH, f"/setup/{self.section}/", problems,
                follow_up=[handing_of(self.section, name, heir)],
            )  # fmt: skip
            if answer is not None:
                return answer
        parents = [(each, role_label(each)) for each in draft_model().roles if each != name]
        return self.render(
            "setup/role_remove.html", entry=entry, title=gettext("Remove %(name)s", name=self.label_of(name)),
            entry_label=self.label_of(name), uses=uses_of(self.section, name), problems=problems,
            heirs=heirs_of(self.section, name), parents=parents, role_label=role_label, rule_label=rule_label,
            person=person, above=entry.parent if isinstance(entry, RoleDef) else "",
        )  # fmt: skip

    def _text_key(self, name: str) -> str:
        """Of the label, for translations."""
        return f"{KINDS[self.section]}.{name}"

    def _url(self, name: str) -> str:
        """The page of one."""
        return f"/setup/{self.section}/of/{name}"

    @show("/new/")
    def create_view(self) -> ResponseReturnValue:
        abort(404)  # Flask-Admin's; `add` is ours


class RolesView(AccessView):
    section = "roles"
    icon = "person-badge"
    about = _("What people may do, by their place in the company")
    one = _("Role")
    new_label = _("New role")
    new_title = _("New role")
    empty_title = _("No roles")
    empty_text = _("Without a role only administrators see anything.")
    columns: ClassVar[Sequence[Column]] = (
        Column(name="label", label=_("Role"), slot="title",
               show=lambda r: branch(depth_of(r), _title("roles", role_label)(r))),
        Column(name="name", label=_("Name in documents"), width="w-11", show=lambda r: mono(r.name)),
        Column(name="parent", label=_("Below"), slot="sub", width="w-10",
               show=lambda r: role_label(r.parent) if r.parent else EMPTY),
        Column(name="profiles", label=_("Profiles"), slot="person", width="w-10",
               show=lambda r: tags([profile_label(name) for name in r.profiles])),
        Column(name="people", label=_("People"), slot="figure", width="w-8", show=_count, key=_count),
        Column(name="setup", label=_("Setup"), slot="status", width="w-9",
               show=lambda r: badge(gettext("May enter"), "violet", "sliders") if r.setup else
               badge(gettext("Parts of it"), "blue", "sliders") if reach_of_role(r).may_enter else EMPTY),
    )  # fmt: skip

    def find(self, text: str) -> list[Entry]:
        wanted = fold(text)
        return [each for each in roles_as_tree() if wanted in fold(f"{each.name} {self.label_of(each.name)}")]

    def label_of(self, name: str) -> str:
        return role_label(name)


class ProfilesView(AccessView):
    section = "profiles"
    icon = "card-checklist"
    about = _("Sets of rights, for roles and for single users")
    one = _("Profile")
    new_label = _("New profile")
    new_title = _("New profile")
    empty_title = _("No profiles yet")
    empty_text = _("A profile is a set of rights that roles and single users can have besides, such as for marketing.")
    columns: ClassVar[Sequence[Column]] = (
        Column(name="label", label=_("Profile"), slot="title", show=_title("profiles", profile_label)),
        Column(name="name", label=_("Name in documents"), show=lambda p: mono(p.name)),
        Column(name="roles", label=_("Roles that have it"), slot="sub", show=lambda p: tags(
            [role_label(role.name) for role in draft_model().roles.values() if p.name in role.profiles])),
    )  # fmt: skip

    def label_of(self, name: str) -> str:
        return profile_label(name)


def roles_view() -> RolesView:
    return RolesView(RoleDef, _("Roles"), endpoint="roles", category=ACCESS)


def profiles_view() -> ProfilesView:
    return ProfilesView(ProfileDef, _("Profiles"), endpoint="profiles", category=ACCESS)
