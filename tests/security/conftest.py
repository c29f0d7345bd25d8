"""The world of the attacks, on both databases: built once for a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from security.watching import watch
from security.world import World, make_world

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="module", params=BOTH)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared_database: Callable[[str], str]
) -> Iterator[World]:
    with _opened(request.param, tmp_path_factory.mktemp("world"), shared_database) as made:
        yield made


@pytest.fixture(params=BOTH)
def fresh_world(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str], str]) -> Iterator[World]:
    """For a test that changes who may come in."""
    with _opened(request.param, tmp_path, new_database) as made:
        yield made


@contextmanager
def _opened(kind: str, folder: Path, database: Callable[[str], str]) -> Iterator[World]:
    url = database("postgresql") if kind == "postgresql" else None
    site = Site.create(folder / "site", database_url=url, admin="admin", password="a long password")
    app = create_app(site)
    watch(app)
    yield make_world(site, app)
    leaked = site.database.connections_in_use
    site.close()
    assert not leaked, f"{leaked} connections were not given back"
