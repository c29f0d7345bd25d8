"""The modules in the navigation: in the order of the application, and as each person has arranged them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fieldstone.kernel.actors import Actor
from fieldstone.records import access
from fieldstone.storage.published import PublishedModel
from fieldstone.web.current import current_site
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.i18n import gettext

FAVOURITES = "favourites"
"""What the part with the favourites is called among those that are closed."""

_CLOSED, _GROUPS, _MODULES, _HIDDEN = "nav.closed", "nav.groups", "nav.modules", "nav.hidden"


@dataclass(frozen=True, kw_only=True)
class Group:
    name: str
    label: str
    modules: Sequence[DescribedModule]
    is_open: bool = True

    @property
    def key(self) -> str:
        """Its name among what is remembered, where `FAVOURITES` is no group."""
        return f"group:{self.name}"


@dataclass(frozen=True, kw_only=True)
class NavigationHabits:
    """How a person has the navigation: keys of groups that are closed, names of groups in order, modules in order
    and hidden ones by their identities, so that they outlive a renaming."""

    closed: Sequence[str] = ()
    groups: Sequence[str] = ()
    modules: Sequence[str] = ()
    hidden: Sequence[str] = ()

    def is_open(self, key: str) -> bool:
        return key not in self.closed


def read_habits(actor: Actor) -> NavigationHabits:
    if actor.user_id is None:
        return NavigationHabits()
    found = current_site().accounts.habits(actor.user_id, (_CLOSED, _GROUPS, _MODULES, _HIDDEN))
    return NavigationHabits(
        closed=found.get(_CLOSED, ()),
        groups=found.get(_GROUPS, ()),
        modules=found.get(_MODULES, ()),
        hidden=found.get(_HIDDEN, ()),
    )


def keep_order(actor: Actor, groups: Sequence[str], modules: Sequence[str], hidden: Sequence[str]) -> None:
    """() for all of them is the order of the application again."""
    for name, values in ((_GROUPS, groups), (_MODULES, modules), (_HIDDEN, hidden)):
        current_site().accounts.keep_habit(actor.user_id or 0, name, values)


def fold(actor: Actor, key: str, *, is_open: bool) -> None:
    """Remember that a group is open, or closed."""
    kept = [name for name in read_habits(actor).closed if name != key]
    current_site().accounts.keep_habit(actor.user_id or 0, _CLOSED, kept if is_open else [*kept, key])


def arranged(published: PublishedModel, actor: Actor, habits: NavigationHabits) -> Sequence[Group]:
    """All groups and modules that the person may see, in the person's order; what is new comes where it stands
    in the application, after what was put in order."""
    groups = {name: place for place, name in enumerate(habits.groups)}
    modules = {identity: place for place, identity in enumerate(habits.modules)}

    def place(module: DescribedModule) -> int:
        return modules.get(module.module.identity, len(modules))

    found = [
        replace(group, modules=tuple(sorted(group.modules, key=place)), is_open=habits.is_open(group.key))
        for group in navigation(published, actor)
    ]
    return tuple(sorted(found, key=lambda group: groups.get(group.name, len(groups))))


def without_hidden(groups: Sequence[Group], habits: NavigationHabits) -> Sequence[Group]:
    """Without modules that the person has hidden, and without groups that are empty then."""
    left = [
        replace(group, modules=[each for each in group.modules if each.module.identity not in habits.hidden])
        for group in groups
    ]
    return [group for group in left if group.modules]


def navigation(published: PublishedModel, actor: Actor) -> Sequence[Group]:
    """The modules the person may see, by group in the order of the application; kept per model and roles."""
    key = ("web.navigation", actor.language, access.access_profile(actor))
    found: Sequence[Group] | None = published.cache.get(key)
    if found is None:
        found = published.cache[key] = _navigation(published, actor)
    return found


def _navigation(published: PublishedModel, actor: Actor) -> Sequence[Group]:
    model = published.model
    shown = [
        describe(published, name, actor)
        for name in access.viewable_modules(published, actor)
        if not model.modules[name].hidden
    ]
    names = [*model.app.groups, *dict.fromkeys(module.module.group for module in shown)]
    groups = []
    for name in dict.fromkeys(names):
        defined = model.app.groups.get(name)
        order = {module: place for place, module in enumerate(defined.modules)} if defined else {}
        modules = [module for module in shown if module.module.group == name]
        modules.sort(key=lambda module: order.get(module.name, len(order)))
        if modules:
            label = model.text(f"group.{name}", actor.language, defined.label if defined else name.capitalize())
            groups.append(Group(name=name or "other", label=label or gettext("Other"), modules=modules))
    return tuple(groups)
