"""Whole journeys: a site of each kind, driven by the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.command import Command

SALES = Path(__file__).parents[3] / "shared" / "data" / "crm-sales"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def command(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str], str]) -> Command:
    """A fresh site with the standard modules; only the database URL differs."""
    run = Command(tmp_path / "site")
    url = ["--database", new_database("postgresql")] if request.param == "postgresql" else []
    run("init", "--admin", "boss", "--password-stdin", *url, stdin="a long enough password\n")
    return run


@pytest.fixture
def sales() -> Path:
    """The sales export, where it is present."""
    if not SALES.is_dir():
        pytest.skip("the sales export is not here")
    return SALES
