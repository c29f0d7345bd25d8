"""The world of the attacks, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from security.world import World, make_world


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str], str]) -> Iterator[World]:
    url = new_database("postgresql") if request.param == "postgresql" else None
    site = Site.create(tmp_path / "site", database_url=url, admin="admin", password="a long password")
    yield make_world(site, create_app(site))
    leaked = site.database.connections_in_use
    site.close()
    assert not leaked, f"{leaked} connections were not given back"
