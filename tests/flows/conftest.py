"""Whole journeys: a site of each kind, driven by the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.command import Command

SALES = Path(__file__).parents[3] / "shared" / "data" / "crm-sales"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def command(request: pytest.FixtureRequest, tmp_path: Path, copy_site: Callable[[Path, Path], None]) -> Command:
    """A site with the standard modules as `init` leaves it; only the database URL differs. Each is a copy of the
    first of its kind."""
    copy_site(request.getfixturevalue(f"_boss_on_{request.param}"), tmp_path / "site")
    return Command(tmp_path / "site")


@pytest.fixture(scope="session")
def _boss_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _init(tmp_path_factory.mktemp("flows") / "site")


@pytest.fixture(scope="session")
def _boss_on_postgresql(tmp_path_factory: pytest.TempPathFactory, empty_database: Callable[[], str]) -> Path:
    return _init(tmp_path_factory.mktemp("flows") / "site", "--database", empty_database())


def _init(folder: Path, *options: str) -> Path:
    Command(folder)("init", "--admin", "boss", "--password-stdin", *options, stdin="a long enough password\n")
    return folder


@pytest.fixture
def sales() -> Path:
    """The sales export, where it is present."""
    if not SALES.is_dir():
        pytest.skip("the sales export is not here")
    return SALES
