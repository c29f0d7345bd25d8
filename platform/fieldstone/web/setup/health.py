"""How the site is: database, model, queue, disk, and what the doctor finds."""

from __future__ import annotations

import platform
import shutil
import threading
from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue

import fieldstone
from fieldstone.jobs.job import FAILED, PAUSED, QUEUED, RUNNING
from fieldstone.kernel.diagnostics import Diagnostic, Diagnostics
from fieldstone.kernel.errors import UnavailableError
from fieldstone.storage.facts import read_facts
from fieldstone.storage.steps import open_steps
from fieldstone.storage.system import SCHEMA, find_schema
from fieldstone.web.current import current_model, current_published, current_site
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.columns import EMPTY, moment
from fieldstone.web.setup.sizes import bytes_words
from fieldstone.web.setup.view import Page, change, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.words import explain, word_diagnostic, word_hint

SECONDS = 20
"""The doctor reads every record of some modules; what takes longer belongs on the command line."""

_LITTLE = 1_000_000_000
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Alert:
    """`kind` is that of Bootstrap's alerts."""

    kind: str
    icon: str
    title: str
    text: str = ""
    url: str = ""
    link: str = ""


class HealthView(Page):
    @show()
    def index(self) -> ResponseReturnValue:
        return self._page(None, [])

    @change("/doctor")
    def doctor(self) -> ResponseReturnValue:
        """Examine the site within a limit of time, one examination at a time in a process."""
        from fieldstone.changes.doctor import examine

        site = current_site()
        findings: Diagnostics | None = None
        alerts = []
        if _one_at_a_time.acquire(blocking=False):
            try:
                findings = examine(site.database, site.registries.compile, site.clock(), seconds=SECONDS)
            except UnavailableError as error:
                text = gettext("Examine it on its machine: fieldstone doctor")
                alerts.append(Alert(kind="warning", icon="hourglass-bottom", title=explain(error), text=text))
            finally:
                _one_at_a_time.release()
        else:
            alerts.append(
                Alert(kind="info", icon="hourglass-split", title=gettext("The site is being examined already."))
            )
        return self._page(findings, alerts), 200

    def _page(self, findings: Diagnostics | None, alerts: list[Alert]) -> str:
        worded = None if findings is None else [_finding(each) for each in findings]
        return self.render(
            "setup/health.html", findings=worded, alerts=[*alerts, *_alerts()],
            panels=[
                (gettext("Database"), _database()), (gettext("Model"), _model()), (gettext("Jobs"), _jobs()),
                (gettext("Machine"), _machine()),
            ],
        )  # fmt: skip


def _finding(each: Diagnostic) -> dict[str, Any]:
    return {
        "severity": each.severity, "code": each.code, "text": word_diagnostic(each),
        "hint": word_hint(each.code, each.params), "repair": each.params.get("repair", ""),
    }  # fmt: skip


def _alerts() -> list[Alert]:
    site = current_site()
    found = []
    if site.publishing.waiting is not None:
        title = gettext("What is installed cannot be published; the model before stays in force.")
        found.append(
            Alert(kind="danger", icon="exclamation-octagon", title=title, text=explain(site.publishing.waiting))
        )
    failed = site.jobs.counts().get(FAILED, 0)
    if failed:
        title = ngettext("%(num)s job has failed", "%(num)s jobs have failed", failed)
        found.append(
            Alert(
                kind="warning",
                icon="exclamation-triangle",
                title=title,
                url="/setup/jobs/?state=failed",
                link=gettext("Look at them"),
            )
        )
    if not site.chosen.now()["mail.host"]:
        title = gettext("There is no mail server, so mail stays in the folder outbox")
        found.append(
            Alert(kind="info", icon="envelope", title=title, url="/setup/mail/", link=gettext("Name a mail server"))
        )
    if shutil.disk_usage(site.folder).free < _LITTLE:
        found.append(Alert(kind="danger", icon="device-hdd", title=gettext("There is little space left on the disk")))
    return found


def _database() -> list[tuple[str, object]]:
    site = current_site()
    facts = read_facts(site.database)
    schema = find_schema(site.database)
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[facts.dialect]
    return [
        (gettext("Kind"), f"{name} {facts.version}"),
        (gettext("Size"), bytes_words(facts.size)),
        (gettext("Schema"), gettext("%(found)s; this version knows %(known)s", found=schema, known=SCHEMA)),
    ]


def _model() -> list[tuple[str, object]]:
    site, model = current_site(), current_model()
    (newest,) = site.publishing.revisions(limit=1)
    with site.database.read() as conn:
        steps = len(open_steps(conn))
    return [
        (gettext("Revision"), current_published().version),
        (gettext("Published"), moment(newest.at)),
        (gettext("Modules"), len(model.modules)),
        (gettext("Work on records left"), steps or gettext("none")),
    ]


def _jobs() -> list[tuple[str, object]]:
    counts = current_site().jobs.counts()
    waiting = current_site().jobs.list(state=QUEUED, limit=1)
    return [
        (gettext("Waiting"), counts.get(QUEUED, 0)),
        (gettext("Running"), counts.get(RUNNING, 0)),
        (gettext("Paused"), counts.get(PAUSED, 0)),
        (gettext("Failed"), counts.get(FAILED, 0)),
        (gettext("Newest that waits"), moment(waiting[0].run_at) if waiting else EMPTY),
    ]


def _machine() -> list[tuple[str, object]]:
    site = current_site()
    disk = shutil.disk_usage(site.folder)
    plugins = ", ".join(f"{name} {version}" for name, version in site.plugins.versions.items())
    free = gettext("%(free)s of %(total)s", free=bytes_words(disk.free), total=bytes_words(disk.total))
    return [
        (gettext("Fieldstone"), fieldstone.__version__),
        (gettext("Python"), platform.python_version()),
        (gettext("Free on the disk"), free),
        (gettext("Folder"), str(site.folder.absolute())),
        (gettext("Plugins with code"), plugins or EMPTY),
    ]


def health_view() -> HealthView:
    return HealthView(_("System health"), SITE, endpoint="health", menu_icon_value="heart-pulse")
