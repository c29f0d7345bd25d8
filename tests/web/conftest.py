"""A site with the standard modules, and people who visit it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from fieldstone.kernel.actors import Actor
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.visitor import Visitor


@pytest.fixture
def site(new_site: Callable[[str], Site]) -> Site:
    return new_site("sqlite")


@pytest.fixture
def app(site: Site) -> Flask:
    return create_app(site)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who is not logged in."""
    return Visitor(app)


@pytest.fixture
def admin(app: Flask) -> Visitor:
    made = Visitor(app)
    made.log_in()
    return made


@pytest.fixture
def actor(site: Site) -> Actor:
    return site.accounts.operator()


@pytest.fixture
def save(site: Site, actor: Actor) -> Callable[..., int]:
    """Saves a record in the administrator's name: save("organization", name="Acme") gives its id."""

    def work(module: str, record_id: int | None = None, **values: object) -> int:
        change = RecordChange(module=module, id=record_id, values=values)
        return site.records.save(actor, [change]).records[0].id

    return work
