"""Where a measurement takes place: a fresh site with the benchmark's module, its API and its pages."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from flask.testing import FlaskClient

from fieldstone.kernel.actors import Actor
from fieldstone.runtime.layers import read_site_layer
from fieldstone.runtime.site import Site
from fieldstone.web import create_app

DOCUMENTS = Path(__file__).with_name("documents")
_TESTS = Path(__file__).parents[1] / "tests"

# A server as people run it: every commit on the disk. Only the sizes are made for 2 cores.
_SERVER = ("listen_addresses=", "shared_buffers=512MB", "max_connections=50", "max_wal_size=4GB",
           "maintenance_work_mem=256MB", "effective_cache_size=2GB", "random_page_cost=1.1")  # fmt: skip


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A server from the same wheel as that of the tests; gives the URL of its maintenance database."""
    sys.path.append(str(_TESTS))
    try:
        from postgres_server import running_server
    finally:
        sys.path.remove(str(_TESTS))
    with running_server(_SERVER) as url:
        yield url


@dataclass(frozen=True)
class Stage:
    """An open site; `dialect` tells which database it has, `folder` may take files."""

    site: Site
    folder: Path
    actor: Actor
    token: str

    @property
    def dialect(self) -> str:
        return self.site.database.dialect

    @property
    def database_url(self) -> str:
        return self.site.database.url.render_as_string(hide_password=False)

    @cached_property
    def client(self) -> FlaskClient:
        """Calls the real WSGI application, in this process."""
        return create_app(self.site).test_client()

    def get(self, path: str, token: str = "") -> Any:
        """The JSON that the API answers, to the administrator or to whom the token belongs."""
        return self._call("GET", path, token or self.token)

    def send(self, method: str, path: str, values: dict[str, Any]) -> Any:
        return self._call(method, path, self.token, json=values)

    def _call(self, method: str, path: str, token: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.client.open(f"/api/v1{path}", method=method, headers=headers, **body)
        assert answer.status_code in (200, 201), answer.text[:500]
        return answer.json

    def page(self, path: str) -> str:
        """The HTML of a page, after `log_in`."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text[:500]
        return answer.text

    def log_in(self) -> None:
        """Pages from now on are those of the administrator."""
        path = f"/login/link/{self.site.accounts.login_link('bench')}"
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.client.get(path).text)
        assert token, "the page of the link has no CSRF token"
        answer = self.client.post(path, data={"csrf_token": token[1]})
        assert answer.status_code == 303, answer.text[:500]


_numbers = itertools.count(1)


@contextlib.contextmanager
def stage(dialect: str, server: str | None, documents: Path = DOCUMENTS) -> Iterator[Stage]:
    """A fresh site on a fresh database; both are gone afterwards. `server` is what `postgresql` gave."""
    with tempfile.TemporaryDirectory(prefix="fieldstone-bench-") as scratch, _database(dialect, server) as url:
        folder = Path(scratch)
        site = Site.create(folder / "site", database_url=url, admin="bench", password=None)
        try:
            if documents.exists():
                site.publishing.publish(site.publishing.plan(read_site_layer(documents)), site.accounts.operator())
            actor = site.accounts.operator()
            token = site.accounts.add_token("bench", label="benchmark").secret
            yield Stage(site, folder, actor, token)
        finally:
            site.close()


@contextlib.contextmanager
def _database(dialect: str, server: str | None) -> Iterator[str | None]:
    if dialect == "sqlite":
        yield None
        return
    assert server is not None
    name = f"bench{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}")
    head, _, options = server.partition("?")
    try:
        yield f"{head.rpartition('/')[0]}/{name}?{options}"
    finally:
        with psycopg.connect(server, autocommit=True) as conn:
            conn.execute(f"DROP DATABASE {name} WITH (FORCE)")
