"""A site on a port of this machine, and a real Chromium that visits it."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from browser.pictures import ARTEFACTS, DESK, PHONE, WANTED
from browser.watched import Watched
from fieldstone.fields.values import RecordRef
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from fieldstone.web import create_app

_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

_PATIENCE = 30_000
"""Milliseconds that an action or expectation waits at most: only what fails takes so long, however busy the machine."""
expect.set_options(timeout=_PATIENCE)

_FAILED = pytest.StashKey[bool]()
"""Of a test: its pages are worth a picture."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("Chromium is not installed; `make test` installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _filled(_sqlite_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed site with two organizations, thirty opportunities, a contact and a task."""
    folder = tmp_path_factory.mktemp("browser") / "site"
    shutil.copytree(_sqlite_site, folder)
    made = Site.open(folder)
    actor = made.accounts.operator()
    made.records.save(
        actor, [RecordChange(module="organization", values={"name": name}) for name in ("Northwind", "Halden")]
    )
    deals = [
        {"name": f"Deal {n:02}", "organization": 1 + n % 2, "amount": n * 1000, "close_date": f"2031-03-{n:02}"}
        for n in range(1, 31)
    ]
    made.records.save(actor, [RecordChange(module="opportunity", values=values) for values in deals])
    made.records.save(
        actor, [RecordChange(module="contact", values={"name": {"first_name": "Priya", "last_name": "Raman"}})]
    )
    task = {"subject": "Call Priya", "related_to": RecordRef("opportunity", 1), "due_date": "2020-01-01"}
    made.records.save(actor, [RecordChange(module="task", values=task)])
    made.close()
    return folder


@pytest.fixture
def site(_filled: Path, tmp_path: Path) -> Iterator[Site]:
    """With two organizations, thirty opportunities, a contact and a task. Fails when a test leaks a connection."""
    made = Site.open(Path(shutil.copytree(_filled, tmp_path / "site")))
    yield made
    leaked = made.database.connections_in_use
    made.close()
    assert not leaked, f"{leaked} connections were not given back"


@pytest.fixture
def worker(site: Site) -> Iterator[None]:
    """Runs the jobs of the site beside its server, as `serve` does."""
    stop = threading.Event()
    thread = threading.Thread(target=site.worker().run_forever, args=(stop,))
    thread.start()
    yield
    stop.set()
    site.jobs.wake.set()
    thread.join()


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(site), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


def _log_in(context: BrowserContext, user: str) -> None:
    """As the page does, without showing it: how it looks is tested elsewhere."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', context.request.get("/login").text())
    assert token is not None
    form = {"csrf_token": token[1], "username": user, "password": "a long password"}
    answer = context.request.post("/login", form=form)
    assert answer.ok
    assert not answer.url.endswith("/login")


@pytest.fixture
def open_page(chromium: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Watched]]:
    """Opens a page in a browser of its own; everything that goes wrong in any of them fails the test."""
    opened: list[Watched] = []

    def work(path: str = "/", *, log_in: bool = True, user: str = "admin", phone: bool = False) -> Watched:
        size = PHONE if phone else DESK
        context = chromium.new_context(base_url=address, viewport=size, has_touch=phone, locale="en-GB")
        context.set_default_timeout(_PATIENCE)
        page: Page = context.new_page()
        watched = Watched(page)
        opened.append(watched)
        if log_in:
            _log_in(context, user)
        page.goto(path)
        return watched

    yield work
    looked_at = WANTED or request.node.stash.get(_FAILED, False) or any(watched.faults for watched in opened)
    for number, watched in enumerate(opened):
        if looked_at:
            ARTEFACTS.mkdir(exist_ok=True)
            watched.page.screenshot(path=ARTEFACTS / f"{request.node.name}-{number}.png".replace("/", "_"))
        watched.page.context.close()
    for watched in opened:
        assert not watched.faults, watched.faults
