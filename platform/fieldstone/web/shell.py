"""What stands around every page: navigation, search, create menu, notifications, the person's menu."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from flask import Flask, g

from fieldstone.kernel.actors import Actor
from fieldstone.records import access
from fieldstone.storage.published import PublishedModel
from fieldstone.web.brand import Brand, current_brand
from fieldstone.web.current import current_site
from fieldstone.web.described import DescribedModule
from fieldstone.web.draft_preview import is_previewing, previewed_role
from fieldstone.web.drafts import draft_owner, take_saved_draft
from fieldstone.web.favourites import Star, stars
from fieldstone.web.forms.address_sources import sources_of_cell
from fieldstone.web.forms.repeat import word_repeat
from fieldstone.web.i18n import current_language, gettext, ngettext
from fieldstone.web.look import current_look
from fieldstone.web.navigation import (
    FAVOURITES,
    Group,
    NavigationHabits,
    arranged,
    read_habits,
    without_hidden,
)
from fieldstone.web.persons import Person
from fieldstone.web.rights import may_set_up, setup_reach
from fieldstone.web.toasts import take_toasts
from fieldstone.web.weeks import weekday_choices

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
    def asked(self) -> int:
        """How many approvals wait for the person."""
        user = self._actor.user_id
        return current_site().workflows.approvals.count(user) if user is not None else 0

    @property
    def acting_as(self) -> str:
        """The name of the user in whose place an administrator acts; "" when nobody does."""
        return self._actor.name if self._actor.impersonator is not None else ""

    @property
    def is_previewing(self) -> bool:
        """Whether the pages show the draft of whoever looks."""
        return is_previewing()

    @property
    def previewed_role(self) -> str:
        return previewed_role()

    @property
    def stars(self) -> Sequence[Star]:
        return stars()

    @cached_property
    def groups(self) -> Sequence[Group]:
        """All modules, in the person's order."""
        return arranged(self._published, self._actor, self._habits)

    @property
    def shown_groups(self) -> Sequence[Group]:
        """Without what the person has hidden."""
        return without_hidden(self.groups, self._habits)

    @property
    def are_stars_open(self) -> bool:
        return self._habits.is_open(FAVOURITES)

    @cached_property
    def _habits(self) -> NavigationHabits:
        return read_habits(self._actor)

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

    def shapes(self, module: str) -> bool:
        """Whether the person may shape a module in Setup."""
        return setup_reach(self._published, self._actor).owns(module)

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


def install(app: Flask) -> None:
    brand: Callable[[], Brand] = current_brand
    app.jinja_env.globals["brand"] = brand  # for macros too, which see no context

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
            "weekday_choices": weekday_choices,
            "word_repeat": word_repeat,
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
