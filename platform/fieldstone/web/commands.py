"""What the command palette offers everywhere; what it offers on a page is found on that page.

Modules, their views, pages of the account and of Setup are made once for each model, language and rights; saved
views, favourites and recent records are the person's own, and read when the palette is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.setup_reach import SetupReach
from fieldstone.records import access
from fieldstone.storage.published import PublishedModel
from fieldstone.web.current import current_actor, current_model, current_published, current_site
from fieldstone.web.favourites import stars
from fieldstone.web.i18n import gettext as _
from fieldstone.web.latin import latin_keys
from fieldstone.web.list_views import view_url
from fieldstone.web.navigation import navigation
from fieldstone.web.recent import recent_records
from fieldstone.web.rights import setup_reach
from fieldstone.web.setup.guarded_parts import may_open
from fieldstone.web.show import Shower


@dataclass(frozen=True, kw_only=True)
class Command:
    """A place to go to. `dialog`: an address that opens in the dialog instead. `deep`: shown only when it is typed for.

    `id` "" for one that is not kept among the recent ones: a record's name stays out of the browser's storage.
    """

    id: str
    label: str
    url: str
    icon: str
    hint: str = ""
    dialog: str = ""
    deep: bool = False

    @property
    def keys(self) -> str:
        """What it is found by besides its label."""
        return latin_keys(self.label)


@dataclass(frozen=True, kw_only=True)
class CommandGroup:
    name: str
    label: str
    commands: Sequence[Command]


def command_groups() -> list[CommandGroup]:
    """In the order in which they are shown; none is empty."""
    published, actor = current_published(), current_actor()
    go, create, account, setup = _fixed(published, actor)
    groups = [
        CommandGroup(name="seen", label=_("Recently viewed"), commands=_recent()),
        CommandGroup(name="stars", label=_("Favourites"), commands=_starred()),
        CommandGroup(name="go", label=_("Go to"), commands=go),
        CommandGroup(name="create", label=_("Create"), commands=create),
        CommandGroup(name="views", label=_("Saved views"), commands=_views(published, actor)),
        CommandGroup(name="account", label=_("Your account"), commands=account),
        CommandGroup(name="setup", label=_("Setup"), commands=setup),
    ]
    return [group for group in groups if group.commands]


def _fixed(published: PublishedModel, actor: Actor) -> Sequence[Sequence[Command]]:
    reach = setup_reach(published, actor)
    key = ("web.commands", actor.language, access.access_profile(actor), reach)
    found: Sequence[Sequence[Command]] | None = published.cache.get(key)
    if found is None:
        setup = _setup(reach) if reach.may_enter else ()
        found = published.cache[key] = (_places(published, actor), _create(published, actor), _account(), setup)
    return found


def _places(published: PublishedModel, actor: Actor) -> Sequence[Command]:
    places = [
        Command(id="home", label=_("Home"), url="/", icon="house"),
        Command(id="notifications", label=_("Notifications"), url="/notifications", icon="inbox"),
        Command(id="more", label=_("All modules"), url="/more", icon="grid"),
    ]
    layouts = published.model.layouts
    if any(layouts[name].calendar for name in access.viewable_modules(published, actor)):
        places.append(Command(id="calendar", label=_("Calendar"), url="/calendar", icon="calendar3"))
    for group in navigation(published, actor):
        for module in group.modules:
            url = f"/m/{module.name}"
            places.append(Command(id=url, label=module.plural, url=url, icon=module.icon, hint=group.label))
            if len(module.views) > 1:
                places += [
                    Command(
                        id=f"{url}?view={view.name}",
                        label=f"{module.plural}: {module.view_label(view)}",
                        url=f"{url}?view={view.name}",
                        icon="funnel",
                        hint=_("View"),
                        deep=True,
                    )
                    for view in module.views.values()
                ]
    return tuple(places)


def _create(published: PublishedModel, actor: Actor) -> Sequence[Command]:
    return tuple(
        Command(
            id=f"/m/{module.name}/new",
            label=_("New %(module)s", module=module.noun),
            url=f"/m/{module.name}/new",
            dialog=f"/m/{module.name}/quick",
            icon="plus-lg",
            deep=True,
        )
        for group in navigation(published, actor)
        for module in group.modules
        if access.has_right(published, actor, module.name, "create")
    )


def _account() -> Sequence[Command]:
    pages = (
        ("/account", _("Account"), "person-gear"),
        ("/account/notices", _("Which notifications I get"), "bell"),
        ("/account/password", _("Change the password"), "key"),
        ("/account/second-factor", _("Second factor"), "shield-lock"),
        ("/account/log-ins", _("My log-ins"), "clock-history"),
        ("/account/tokens", _("API tokens"), "plug"),
        ("/jobs", _("My jobs"), "list-task"),
    )
    arrange = Command(
        id="/navigation",
        label=_("Arrange navigation"),
        url="/navigation",
        dialog="/navigation",
        icon="list-ol",
        deep=True,
    )
    return (*(Command(id=url, label=label, url=url, icon=icon, deep=True) for url, label, icon in pages), arrange)


def _setup(reach: SetupReach) -> Sequence[Command]:
    """Listed here, not asked of the console: that is imported when somebody first opens it."""
    pages = (
        ("", _("Setup"), "grid-1x2"),
        ("modules/", _("Modules"), "boxes"),
        ("picklists/", _("Picklists"), "list-ul"),
        ("workflows/", _("Workflows"), "lightning"),
        ("emails/", _("E-mail templates"), "envelope-paper"),
        ("draft/", _("Review and publish"), "rocket-takeoff"),
        ("users/", _("Users"), "people"),
        ("teams/", _("Teams"), "diagram-3"),
        ("roles/", _("Roles"), "person-badge"),
        ("profiles/", _("Profiles"), "card-checklist"),
        ("sharing/", _("Sharing"), "signpost-split"),
        ("sessions/", _("Sessions"), "laptop"),
        ("tokens/", _("API tokens"), "key"),
        ("logins/", _("Log-in history"), "door-open"),
        ("audit/", _("Audit log"), "journal-text"),
        ("runs/", _("Workflow runs"), "lightning-charge"),
        ("jobs/", _("Jobs"), "gear"),
        ("outbox/", _("Outbox"), "send"),
        ("revisions/", _("Revisions"), "clock-history"),
        ("company/", _("Company"), "building"),
        ("navigation/", _("Navigation"), "list-nested"),
        ("translations/", _("Translations"), "translate"),
        ("documents/", _("YAML documents"), "file-earmark-zip"),
        ("settings/", _("Settings"), "sliders"),
        ("mail/", _("Mail"), "envelope-at"),
        ("backups/", _("Backups"), "archive"),
        ("retention/", _("Retention"), "hourglass-split"),
        ("health/", _("System health"), "heart-pulse"),
    )
    return tuple(
        Command(id=f"/setup/{place}", label=label, url=f"/setup/{place}", icon=icon, hint=_("Setup"), deep=True)
        for place, label, icon in pages
        if may_open(place.strip("/") or "home", reach)
    )


def _recent() -> Sequence[Command]:
    shower = Shower(current_model(), current_actor())
    return tuple(
        Command(id="", label=item.label, url=f"/m/{item.module}/{item.id}", icon=item.icon, hint=item.module_label)
        for item in recent_records(shower)[:5]
    )


def _starred() -> Sequence[Command]:
    return tuple(Command(id="", label=star.label, url=star.url, icon=star.icon) for star in stars())


def _views(published: PublishedModel, actor: Actor) -> Sequence[Command]:
    model = published.model
    return tuple(
        Command(
            id=f"view-{view.id}",
            label=view.label,
            url=view_url(view.module, view.key, view.state.display),
            icon="funnel",
            hint=model.text(f"module.{view.module}.plural", actor.language, model.modules[view.module].plural),
            deep=True,
        )
        for view in current_site().views.everywhere(actor)
    )
