"""What every test may rely on: a fresh database of each kind, and nothing that leaves this machine."""

from __future__ import annotations

import importlib
import ipaddress
import pkgutil
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import fieldstone
from fieldstone.storage import principals as _principals  # declares tables
from fieldstone.storage.database import Database
from fieldstone.storage.system import create_system_tables
from postgres_server import running_server

assert _principals

_TEMPLATE = "fieldstone_template"
_MEMORY = Path("/dev/shm")
_ROOM = 3 * 2**30

if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM:
    # Databases by the thousand keep a disk waiting: all files of the tests are kept in memory where it has room.
    tempfile.tempdir = str(_MEMORY)


def _declare_all_tables() -> None:
    """System tables are declared on import, in modules called `tables` (and those of storage)."""
    for found in pkgutil.walk_packages(fieldstone.__path__, "fieldstone."):
        package, _, name = found.name.rpartition(".")
        if name == "tables" or package == "fieldstone.storage":
            importlib.import_module(found.name)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The maintenance database of a real PostgreSQL, one server for each test process."""
    with running_server() as url:
        yield url


def _replace_database(url: str, name: str) -> str:
    head, _, options = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{options}"


@pytest.fixture(scope="session")
def _postgres_template(postgres_url: str) -> str:
    _declare_all_tables()
    with psycopg.connect(postgres_url, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {_TEMPLATE}")
    template = Database.open(_replace_database(postgres_url, _TEMPLATE))
    create_system_tables(template)
    template.close()
    return postgres_url


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    _declare_all_tables()
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    template = Database.open(f"sqlite:///{path}")
    create_system_tables(template)
    template.close()
    return path


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes fresh databases with empty system tables: `new_database("sqlite" | "postgresql")` gives a URL."""
    made: list[str] = []

    def make(dialect: str) -> str:
        if dialect == "sqlite":
            path = tmp_path / f"fresh{len(list(tmp_path.glob('fresh*.db')))}.db"
            shutil.copyfile(request.getfixturevalue("_sqlite_template"), path)
            return f"sqlite:///{path}"
        admin: str = request.getfixturevalue("_postgres_template")
        name = f"fresh{len(made)}"
        with psycopg.connect(admin, autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
        made.append(name)
        return _replace_database(admin, name)

    yield make
    if made:
        with psycopg.connect(request.getfixturevalue("postgres_url"), autocommit=True) as conn:
            for name in made:
                conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[Database]:
    """A fresh database of each kind with empty system tables; fails when a test leaks a connection."""
    opened = Database.open(new_database(request.param))
    yield opened
    leaked = opened.connections_in_use
    opened.close()
    assert not leaked, f"{leaked} connections were not given back"


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Nothing leaves this machine: a connection to anywhere but loopback is an error."""
    patch = pytest.MonkeyPatch()
    connect = socket.socket.connect

    def guarded(sock: socket.socket, address: Any) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(str(address[0])):
            raise PermissionError(f"a test tried to reach {address!r}")
        connect(sock, address)

    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback
