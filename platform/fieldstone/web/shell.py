"""What stands around every page: navigation, search, create menu, notifications, the person's menu."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Flask, g

from fieldstone.kernel.actors import Actor
from fieldstone.records import access
from fieldstone.storage.published import PublishedModel
from fieldstone.web.current import current_site
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.drafts import draft_owner, take_saved_draft
from fieldstone.web.favourites import Star, stars
from fieldstone.web.forms.address_sources import sources_of_cell
from fieldstone.web.i18n import current_language, gettext, ngettext
from fieldstone.web.look import current_look
from fieldstone.web.persons import Person
from fieldstone.web.rights import may_set_up
from fieldstone.web.toasts import take_toasts

HTMX_CONFIG = json.dumps(
    {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "allowScriptTags": False,
        "defaultSettleDelay": 0,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "selfRequestsOnly": True,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "409", "swap": True},
            {"code": "422", "swap": True},
            {"code": "[45]..", "swap": True, "error": True},
        ],
    }
)
"""No eval, no inline style, no page kept in the browser's storage; an error answer brings its own place."""


@dataclass(frozen=True, kw_only=True)
class Group:
    name: str
    label: str
    modules: Sequence[DescribedModule]


class Shell:
    """Read by the templates; nothing here is asked for on pages that do not show it."""

    def __init__(self, published: PublishedModel, actor: Actor) -> None:
        self._published = published
        self._actor = actor
        self.language = actor.language
        self.person = Person(actor.user_id or 0, actor.name)

    @cached_property
    def unread(self) -> int:
        user = self._actor.user_id
        return current_site().workflows.notifications.unread_count(user) if user is not None else 0

    @property
    def acting_as(self) -> str:
        """The name of the user in whose place an administrator acts; "" when nobody does."""
        return self._actor.name if self._actor.impersonator is not None else ""

    @property
    def stars(self) -> Sequence[Star]:
        return stars()

    @property
    def groups(self) -> Sequence[Group]:
        return navigation(self._published, self._actor)

    @property
    def creatable(self) -> list[DescribedModule]:
        return [
            module
            for group in self.groups
            for module in group.modules
            if access.has_right(self._published, self._actor, module.name, "create")
        ]

    @property
    def records_url(self) -> str:
        first = next((module for group in self.groups for module in group.modules), None)
        return f"/m/{first.name}" if first else "/more"

    @property
    def tasks_url(self) -> str:
        if "task" not in self._published.model.modules:
            return ""
        return "/m/task" if access.has_right(self._published, self._actor, "task", "view") else ""

    @property
    def calendar_url(self) -> str:
        """ "" when no module that the person may see has a calendar."""
        layouts = self._published.model.layouts
        seen = access.viewable_modules(self._published, self._actor)
        return "/calendar" if any(layouts[name].calendar for name in seen) else ""

    @property
    def setup_url(self) -> str:
        return "/setup/" if may_set_up(self._published, self._actor) else ""

    @property
    def bell_label(self) -> str:
        if not self.unread:
            return gettext("Notifications")
        return ngettext("Notifications, %(num)s unread", "Notifications, %(num)s unread", self.unread)

    @property
    def themes(self) -> list[tuple[str, str, str]]:
        return [
            ("light", gettext("Light"), "sun"),
            ("dark", gettext("Dark"), "moon"),
            ("auto", gettext("System"), "circle-half"),
        ]

    @property
    def densities(self) -> list[tuple[str, str]]:
        return [("compact", gettext("Compact")), ("comfortable", gettext("Comfortable"))]


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


def install(app: Flask) -> None:
    @app.context_processor
    def shell_context() -> dict[str, Any]:
        published = g.get("published") or current_site().models.current  # an error page asks no database
        context: dict[str, Any] = {
            "app_name": published.model.app.name,
            "look": current_look(),
            "language": current_language(),
            "htmx_config": HTMX_CONFIG,
            "toasts": take_toasts,
            "address_sources": sources_of_cell,
            "draft_owner": draft_owner,
            "saved_draft": take_saved_draft,
            "here": "",
            "up_url": "",
            "top_title": "",
            "search_text": "",
        }
        if g.get("actor") is not None:
            context["shell"] = Shell(published, g.actor)
        return context
