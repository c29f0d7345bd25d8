"""Planning and publishing on a site, and what happens by itself when it is opened."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, MetadataError, SiteError, UnavailableError
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import Compilation
from fieldstone.metadata.layers import Layer
from fieldstone.records.save.environment import SaveEnvironment
from fieldstone.runtime.layers import InstalledLayers, site_layer_of
from fieldstone.runtime.registries import Registries
from fieldstone.storage.database import Database
from fieldstone.storage.past_models import PastModels
from fieldstone.storage.published import ModelSource, PreviewModel
from fieldstone.storage.revisions import Revision, find_version, list_revisions, load_layers

if TYPE_CHECKING:
    from fieldstone.changes.plan import Plan
    from fieldstone.changes.proposal import Proposal

# What plans and publishes is imported where it is used: a site that only serves starts a quarter of a second sooner.

log = logging.getLogger(__name__)

declare(
    "site.E006",
    "The installed version changes the model in ways that would lose data or break records: {changes}.",
    "Look at `fieldstone plan`; keep what is named there in the site's own documents, mend the records, or allow it "
    "with `fieldstone publish --allow-destructive`.",
)

_ATTEMPTS = 50
_PAUSE = 0.1


class UpgradeRefusedError(SiteError):
    """The installed layers cannot be published by themselves; carries the plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        named = [f"{item.kind} {item.target} ({item.lost})" for item in plan.changes if item.destructive]
        named += [f"{item.kind} {item.target} ({item.breach.count})" for item in plan.breaches if item.breach]
        super().__init__("site.E006", changes=", ".join(named))


class Publishing:
    """`models` is None until something was published. `waiting`: why the installed layers are not in force.
    `past` gives the models of revisions. `enqueue` puts the row work that a publish leaves behind into the queue."""

    def __init__(
        self,
        database: Database,
        registries: Registries,
        installed: InstalledLayers,
        environment: SaveEnvironment | None = None,
        enqueue: Callable[[sa.Connection, int], None] | None = None,
    ) -> None:
        self.database = database
        self.models: ModelSource | None = None
        self.waiting: MetadataError | None = None
        self.past = PastModels(database, registries.get_model)
        self._registries = registries
        self._installed = installed
        self._environment = environment or SaveEnvironment()
        self._enqueue = enqueue
        self._previews = CompilationCache(2)

    def open_models(self, *, publish_installed: bool) -> ModelSource:
        """Take up the published model and return the source. An empty database gets its first revision.

        With `publish_installed` what the installed layers bring is published too. Documents with problems
        leave the published model in force (`waiting`). Raises UpgradeRefusedError for destructive changes,
        MetadataError when nothing is in force.
        """
        if self._has_revisions():
            self.models = self._open_source()
        if publish_installed or self.models is None:
            self._take_up_installed()
        if self.models is None:
            self.models = self._open_source()
        self.models.refresh()
        return self.models

    def plan(self, site: Layer | None = None) -> Plan:
        """What publishing the installed layers would do, with `site` instead of the published site layer."""
        from fieldstone.changes.proposing import propose

        layers = self._installed.under(site or self.published_site_layer())
        return self._plan(lambda conn: propose(conn, layers, self._registries.compile))

    def preview(self, site: Layer) -> PreviewModel:
        """The model of a site layer, to look at records with before it is published. Kept for the next who asks.

        Raises MetadataError with the problems of its documents.
        """
        from fieldstone.changes.previewing import preview_changes
        from fieldstone.changes.proposing import propose

        assert self.models is not None, "a preview is one of a site in force"
        published = self.models.current
        layers = tuple(self._installed.under(site))
        said = tuple((layer.name, tuple(layer.documents.items())) for layer in layers)

        def make() -> PreviewModel:
            with self.database.read() as conn:
                proposal = propose(conn, layers, self._registries.compile)
                return preview_changes(conn, published, proposal, self._registries.compile, self.past)

        return self._previews.get((published.version, said), make)

    def plan_rollback(self, revision: int) -> Plan:
        """What bringing back the site layer of a revision would do. Raises NotFoundError publish.E004."""
        from fieldstone.changes.proposing import propose_rollback

        return self._plan(lambda conn: propose_rollback(conn, revision, self._registries.compile, self.past))

    def publish(self, plan: Plan, actor: Actor, *, message: str = "", allow_destructive: bool = False) -> int:
        """Apply a plan; this process works with the new model when it returns. See `changes.publish`."""
        from fieldstone.changes.publish import publish

        version = publish(
            self.database,
            plan,
            actor,
            message=message,
            plugins=self._registries.plugins.versions,
            allow_destructive=allow_destructive,
            past=self.past,
            environment=self._environment,
            finish=self._enqueue,
        )
        if self.models:
            self.models.refresh()
        return version

    def revisions(self, *, limit: int = 100, before: int | None = None) -> list[Revision]:
        with self.database.read() as conn:
            return list_revisions(conn, limit=limit, before=before)

    def published_layers(self) -> list[Layer]:
        """All layers in force, the lowest first; none before the first publish."""
        with self.database.read() as conn:
            version = find_version(conn)
            return load_layers(conn, version) if version else []

    def published_site_layer(self) -> Layer | None:
        return site_layer_of(self.published_layers())

    def layers_under(self, site: Layer) -> list[Layer]:
        """All layers that a site layer would be published with, the site's last."""
        return self._installed.under(site)

    def compile(self, layers: Sequence[Layer], catalogue: Catalogue) -> Compilation:
        """The model of a proposal, or every problem in it."""
        return self._registries.compile(layers, catalogue)

    def _has_revisions(self) -> bool:
        with self.database.read() as conn:
            return find_version(conn) > 0

    def _open_source(self) -> ModelSource:
        return ModelSource(self.database, self._registries.get_model, clock=self._environment.clock)

    def _plan(self, make: Callable[[sa.Connection], Proposal]) -> Plan:
        from fieldstone.changes.planning import plan_changes

        for _ in range(_ATTEMPTS):
            published = self.models.refresh() if self.models else None
            with self.database.read() as conn:
                # Somebody may have published in this very moment: then once more, from the model of now.
                if published is None or published.version == find_version(conn) or self._is_behind():
                    proposal = make(conn)
                    compile_layers = self._registries.compile
                    return plan_changes(conn, published, proposal, compile_layers, self.past, self._environment)
        raise UnavailableError("storage.E003")

    def _is_behind(self) -> bool:
        """Whether the newest revision cannot be used here, so that plans start from the last good one."""
        return self.models is not None and self.models.failed is not None

    def _take_up_installed(self) -> None:
        """Several processes may start at once: whoever comes second finds it done."""
        for attempt in range(_ATTEMPTS):
            published = self.published_layers()
            if published == self._installed.under(site_layer_of(published)):
                return
            try:
                plan = self.plan()
                if plan.destructive or plan.breaches:
                    raise UpgradeRefusedError(plan)
                self.publish(plan, SYSTEM, message="Installed layers")
            except MetadataError as error:
                if self.models is None:
                    raise
                log.error("the installed layers have problems; the published model stays in force: %s", error)
                self.waiting = error
                return
            except ConflictError:
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(_PAUSE)
            else:
                return
