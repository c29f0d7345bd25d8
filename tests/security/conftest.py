"""The world of the attacks, on both databases: built once for a file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from security.watching import watch
from security.world import World, make_world

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="module", params=BOTH)
def world(request: pytest.FixtureRequest, shared_site: Callable[[str], Site]) -> World:
    return _make(shared_site(request.param))


@pytest.fixture(params=BOTH)
def fresh_world(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> World:
    """For a test that changes who may come in."""
    return _make(new_site(request.param))


def _make(site: Site) -> World:
    app = create_app(site)
    watch(app)
    return make_world(site, app)
