"""A site: one installation, put together from everything below. Knows no Flask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fieldstone.changes.drafts import tables as _drafts  # declares tables
from fieldstone.extensions.host import PluginHost
from fieldstone.jobs.queue import JobQueue
from fieldstone.jobs.worker import Worker
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import SiteError, UnavailableError
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import Compilation
from fieldstone.metadata.setup_reach import EVERYTHING, NOTHING, SetupReach, reach_of_roles
from fieldstone.records.accounts.rates import Rates
from fieldstone.records.save.environment import SaveEnvironment
from fieldstone.runtime.folder import (
    finish_folder,
    make_folder,
    note_database,
    require_database_file,
    require_site,
    site_exists,
    unmake_folder,
)
from fieldstone.runtime.layers import InstalledLayers, read_site_layer, site_layer_of
from fieldstone.runtime.log_in_providers import read_providers
from fieldstone.runtime.open_id import OpenId
from fieldstone.runtime.publishing import Publishing
from fieldstone.runtime.recompute import Recompute
from fieldstone.runtime.registries import Registries
from fieldstone.runtime.row_work import RowWorkJob
from fieldstone.runtime.secrets import SiteSecrets, load_secrets
from fieldstone.runtime.services import Services
from fieldstone.runtime.settings import SiteSettings, load_settings
from fieldstone.storage import conflicts as _conflicts  # these two declare tables
from fieldstone.storage import locks as _locks
from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.database import Database
from fieldstone.storage.published import ModelSource
from fieldstone.storage.revisions import find_version, list_revisions
from fieldstone.storage.system import create_system_tables, find_schema

if TYPE_CHECKING:
    from fieldstone.changes.drafts.service import Drafts

assert _conflicts
assert _drafts
assert _locks

declare(
    "site.E011",
    "The database {url} holds a site already.",
    "Choose an empty database, or open that site from its own folder.",
)
declare("site.E012", "The plugin {names} is needed but not installed.", "Install it and start again.")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Site:
    """`settings`, `secrets`, `database`, `models`, `publishing`, `plugins`: what the site stands on;
    `records`, `jobs`, `workflows`, `activity`, `accounts`, `imports`, `past_exports`, `backups`: what it offers;
    `chosen`: the settings made in Setup;
    `log_in_providers`, `open_id`, `rates`, `drafts`: what its doors need."""

    def __init__(self, folder: Path, *, clock: Callable[[], datetime] = utc_now, serve_url: str = "") -> None:
        """Use `Site.open` or `Site.create`."""
        self.folder = folder
        self.clock = clock
        self.settings: SiteSettings = load_settings(folder)
        self.settings.serve_url = serve_url
        self.secrets: SiteSecrets = load_secrets(folder)
        self.log_in_providers = read_providers(folder, self.settings["log_in_providers"])
        self.open_id = OpenId(clock)
        # Plugins first: what they register must be known before the first document is compiled.
        self.plugins = PluginHost()
        self.plugins.load_entry_points()
        self.registries = Registries(self.plugins)
        self.installed = InstalledLayers(folder, self.settings["plugins"])
        self.database = Database.open(self.settings.database_url)

    @staticmethod
    def exists(folder: Path) -> bool:
        return site_exists(folder)

    @classmethod
    def open(cls, folder: Path, *, serve_url: str = "", publish_installed: bool = False) -> Site:
        """The site in a folder, with the published model in force. `serve_url` is where this process listens:
        the address in mail unless the settings name one. `publish_installed`: what the installed layers
        bring is published first, if it loses nothing.

        Raises SiteError with a remedy: no site (site.E007), read-only (site.E009, storage.E004), settings or
        key not in order (site.E001–E004), database unreachable (storage.E002), gone (site.E010, storage.E006) or
        newer (storage.E005), layers that would lose data (site.E006, with the plan), no usable revision
        (storage.E007).
        """
        require_site(folder)
        require_database_file(load_settings(folder))
        site = cls(folder, serve_url=serve_url)
        try:
            if find_schema(site.database) is None:
                raise SiteError("storage.E006")
            create_system_tables(site.database)
            site._compose(publish_installed=publish_installed)
        except BaseException:
            site.close()
            raise
        return site

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        database_url: str | None = None,
        admin: str = "admin",
        password: str | None = None,
        serve_url: str = "",
        fill: Callable[[Site], None] | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> Site:
        """A new site with one administrator, and what `fill` puts in it. Without `password` nobody can log in until
        one is set. Killed on the way, there is no site, and it can be made again.

        Raises SiteError site.E008 (a site is there), site.E011 (the database holds one), and as `open` does;
        then the folder can be used again.
        """
        make_folder(folder, database_url)
        site = None
        try:
            note_database(load_settings(folder))
            site = cls(folder, clock=clock, serve_url=serve_url)
            site._require_empty()
            create_system_tables(site.database)
            site._compose()
            site.accounts.add_user(admin, is_admin=True, password=password)
            if fill:
                fill(site)
            finish_folder(folder)
        except BaseException:
            if site:
                site.close()
            unmake_folder(folder)
            raise
        return site

    @classmethod
    def check(cls, folder: Path, documents: Path | None = None) -> Compilation:
        """Every problem of the installed layers with a site layer on top: that of the folder `documents`, else the
        published one of the site in `folder`, if there is one."""
        plugins = PluginHost()
        plugins.load_entry_points()
        registries = Registries(plugins)
        if not site_exists(folder):
            site_layer = read_site_layer(documents) if documents else None
            return registries.compile(InstalledLayers(folder, ()).under(site_layer), Catalogue())
        settings = load_settings(folder)
        require_database_file(settings)
        installed = InstalledLayers(folder, settings["plugins"])
        database = Database.open(settings.database_url)
        try:
            if find_schema(database) is None:
                raise SiteError("storage.E006")
            published = Publishing(database, registries, installed).published_layers()
            with database.read() as conn:
                catalogue = load_catalogue(conn)
        finally:
            database.close()
        from fieldstone.metadata.references.settling import apply_renames, settle_moves

        site_layer = read_site_layer(documents) if documents else site_layer_of(published)
        settled = settle_moves(installed.under(site_layer), published)
        compilation = registries.compile(settled.layers, apply_renames(catalogue, settled.renames))
        found = {(each.code, each.location) for each in compilation.diagnostics}
        compilation.diagnostics.extend([each for each in settled.problems if (each.code, each.location) not in found])
        return compilation

    def check_ready(self) -> None:
        """Raises UnavailableError while this process should get no requests (/readyz)."""
        published = self.models.refresh()
        with self.database.read() as conn:
            (revision,) = list_revisions(conn, limit=1, before=published.version + 1)
        missing = [name for name in revision.plugins if name not in self.plugins.versions]
        if missing:
            raise UnavailableError("site.E012", names=", ".join(missing))

    @cached_property
    def drafts(self) -> Drafts:
        """What administrators work on. Loaded when it is first asked for, as all that plans and publishes."""
        from fieldstone.changes.drafts.service import Drafts

        return Drafts(
            self.database, self.publishing.compile, self.publishing.layers_under, self.clock, self._setup_reach
        )

    def _setup_reach(self, user_id: int) -> SetupReach:
        actor = self.accounts.find_actor(user_id)
        if actor is None:
            return NOTHING
        return EVERYTHING if actor.is_admin else reach_of_roles(self.models.current.model.roles, actor.roles)

    def close(self) -> None:
        self.database.close()

    def worker(self, name: str = "") -> Worker:
        """One that runs this site's jobs and fires what recurs; any number may run at once."""
        return Worker(self, name=name, scheduler=self._services.scheduler)

    def _compose(self, *, publish_installed: bool = True) -> None:
        # The queue first: a publish enqueues jobs in its transaction, and so does whatever is composed later.
        self.jobs = JobQueue(self.database, clock=self.clock)
        recompute = Recompute(self.jobs)
        environment = SaveEnvironment(clock=self.clock, encrypt=self.secrets.encrypt, defer_recompute=recompute.defer)
        self.row_work = row_work = RowWorkJob(self.jobs, environment)
        self.publishing = Publishing(self.database, self.registries, self.installed, environment, row_work.enqueue)
        row_work.past = recompute.past = self.publishing.past
        self.models: ModelSource = self.publishing.open_models(publish_installed=publish_installed)
        row_work.models = self.models
        self._services = Services(
            past=self.publishing.past,
            folder=self.folder,
            settings=self.settings,
            secrets=self.secrets,
            registries=self.registries,
            models=self.models,
            jobs=self.jobs,
            recompute=recompute,
            clock=self.clock,
        )
        self.chosen, self.backups = self._services.chosen, self._services.backups
        self.accounts, self.records = self._services.accounts, self._services.records
        self.rates = Rates(self.database, self.clock)
        self.workflows, self.imports = self._services.workflows, self._services.imports
        self.activity = self._services.activity
        self.past_exports = self._services.past_exports
        self.views, self.favourites = self._services.views, self._services.favourites
        self.masses = self._services.masses

    def _require_empty(self) -> None:
        if find_schema(self.database) is None:
            return
        with self.database.read() as conn:
            if find_version(conn):
                url = self.database.url.render_as_string(hide_password=True)
                raise SiteError("site.E011", url=url)
