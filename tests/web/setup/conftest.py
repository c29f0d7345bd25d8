"""People who may open Setup, and one who may not."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from fieldstone.runtime.site import Site
from fieldstone.web.setup import get_console
from web.visitor import Visitor

PASSWORD = "another long password"


@pytest.fixture
def rep(site: Site, app: Flask) -> Visitor:
    """Somebody of the field service: no right to enter Setup."""
    site.accounts.add_user("rep", "Rita Rep", roles=["sales_rep"], password=PASSWORD)
    return _entered(app, "rep")


@pytest.fixture
def keeper(site: Site, app: Flask) -> Visitor:
    """One whose role lets into Setup, and who is no administrator."""
    site.accounts.add_user("keeper", "Kay Keeper", roles=["administrator"], password=PASSWORD)
    return _entered(app, "keeper")


def _entered(app: Flask, username: str) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(username, PASSWORD)
    return visitor


@pytest.fixture
def rules(app: Flask) -> list[Rule]:
    """Every address of the console."""
    with app.test_request_context("/setup/"):
        return list(get_console().map.iter_rules())


def address(rule: Rule) -> str:
    """One that leads there; the things it names need not exist."""
    values = {
        "number": 1, "verb": "pause", "name": "sales_rep", "module": "organization", "export_type": "csv",
        "language": "zh_CN", "workflow": "tier_follows_revenue", "field": "name", "key": "lead_source",
    }  # fmt: skip
    built = rule.build({name: values[name] for name in rule.arguments})
    assert built is not None
    return str(built[1])
