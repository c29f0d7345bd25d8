"""A site of each kind, and programs that call its API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.api.caller import Caller


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    """A fresh site with the standard modules; only the database differs."""
    return new_site(request.param)


@pytest.fixture
def call(site: Site) -> Callable[..., Caller]:
    """Makes callers: `call("rep", scopes=["read"])`; without a name the administrator."""
    app = create_app(site)

    def make(username: str = "admin", scopes: tuple[str, ...] = (), roles: tuple[str, ...] = ()) -> Caller:
        if site.accounts.find_user_id(username) is None:
            site.accounts.add_user(username, roles=roles)
        return Caller(app, site.accounts.add_token(username, label="test", scopes=scopes).secret)

    return make


@pytest.fixture
def api(call: Callable[..., Caller]) -> Caller:
    return call()
