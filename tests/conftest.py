"""What every test may rely on: a fresh database of each kind, and nothing that leaves this machine."""

from __future__ import annotations

import gc
import importlib
import ipaddress
import itertools
import pkgutil
import re
import shutil
import socket
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache

import fieldstone
from fieldstone.metadata.model import AppModel
from fieldstone.records.accounts import passwords
from fieldstone.runtime.site import Site
from fieldstone.storage import principals as _principals  # declares tables
from fieldstone.storage import published
from fieldstone.storage.database import Database
from fieldstone.storage.system import create_system_tables
from fieldstone.storage.tables import Tables
from postgres_server import running_server

assert _principals

# How quick the machine is, and what else it does, proves nothing about the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

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


_LONGEST = ("tests/flows/test_living", "tests/browser/", "tests/security/test_attacks.py", "tests/flows/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: beside a long test that is left to the end, the other processes would wait."""
    items.sort(key=lambda item: [not item.nodeid.startswith(start) for start in _LONGEST])


def pytest_collection_finish() -> None:
    """What is imported and collected by now stays to the end: looking through all of it for garbage, again and again,
    took a fifth of the time of the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The maintenance database of a real PostgreSQL, one server for each test process."""
    with running_server() as url:
        yield url


def _create_database(maintenance: str, name: str, template: str) -> str:
    """Makes a database as a copy of another; gives its URL."""
    with psycopg.connect(maintenance, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    return _replace_database(maintenance, name)


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
        made.append(name)
        return _create_database(admin, name, _TEMPLATE)

    yield make
    if made:
        _drop_databases(request.getfixturevalue("postgres_url"), made)


def _drop_databases(maintenance: str, names: Sequence[str]) -> None:
    with psycopg.connect(maintenance, autocommit=True) as conn:
        for name in names:
            conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def empty_database(postgres_url: str) -> Callable[[], str]:
    """Makes a PostgreSQL database for the whole session, and gives its URL."""
    numbers = itertools.count(1)

    def make() -> str:
        name = f"first{next(numbers)}"
        with psycopg.connect(postgres_url, autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name}")
        return _replace_database(postgres_url, name)

    return make


@pytest.fixture(scope="session")
def _postgres_site(empty_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed site on PostgreSQL."""
    return _make_site(tmp_path_factory.mktemp("postgres") / "site", empty_database())


@pytest.fixture(scope="session")
def _sqlite_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _make_site(tmp_path_factory.mktemp("sqlite") / "site", None)


def _make_site(folder: Path, url: str | None) -> Path:
    Site.create(folder, database_url=url, admin="admin", password="a long password").close()
    return folder


@pytest.fixture
def new_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    """Makes sites with the standard modules and the administrator `admin`, whose password is "a long password":
    `new_site("sqlite" | "postgresql")`. Each is a copy of the first of its kind. Fails when a test leaks a connection.
    """
    yield from _copies(request, tmp_path, "site")


@pytest.fixture(scope="module")
def shared_site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Site]]:
    """Like `new_site`, for a site that all tests of a file use."""
    yield from _copies(request, tmp_path_factory.mktemp("shared"), "shared_site")


@pytest.fixture
def copy_site(request: pytest.FixtureRequest) -> Iterator[Callable[[Path, Path], None]]:
    """Copies the folder of a closed site to a new one, and its database if that is a PostgreSQL one."""
    yield from _copying(request, "copied")


def _copying(request: pytest.FixtureRequest, name: str) -> Iterator[Callable[[Path, Path], None]]:
    databases: list[str] = []

    def copy(first: Path, folder: Path) -> None:
        shutil.copytree(first, folder)
        settings = folder / "fieldstone.yaml"
        text = settings.read_text()
        if found := re.search(r"postgresql://\S*?/(\w+)\?[^\s'\"]*", text):
            databases.append(f"{name}{len(databases)}")
            url = _create_database(request.getfixturevalue("postgres_url"), databases[-1], found[1])
            settings.write_text(text.replace(found[0], url))

    yield copy
    if databases:
        _drop_databases(request.getfixturevalue("postgres_url"), databases)


def _copies(request: pytest.FixtureRequest, parent: Path, name: str) -> Iterator[Callable[[str], Site]]:
    made: list[Site] = []

    def make(dialect: str) -> Site:
        folder = parent / (f"site{len(made)}" if made else "site")
        first = "_sqlite_site" if dialect == "sqlite" else "_postgres_site"
        copy(request.getfixturevalue(first), folder)
        made.append(Site.open(folder))
        return made[-1]

    with contextmanager(_copying)(request, name) as copy:
        yield make
        leaked = sum(site.database.connections_in_use for site in made)
        for site in made:
            site.close()
    assert not leaked, f"{leaked} connections were not given back"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[Database]:
    """A fresh database of each kind with empty system tables; fails when a test leaks a connection."""
    opened = Database.open(new_database(request.param))
    yield opened
    leaked = opened.connections_in_use
    opened.close()
    assert not leaked, f"{leaked} connections were not given back"


@pytest.fixture(autouse=True, scope="session")
def _cheap_hashing() -> Iterator[None]:
    """What tests need passwords for does not depend on how dear a hash is; `dear_hashing` is for what does."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "_hasher", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    patch.undo()


class _CompiledTemplates(BytecodeCache):
    """Keeps what templates compile to for all applications of the process: one that is served has only one."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(autouse=True, scope="session")
def _templates_compiled_once() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(Flask, "jinja_options", {**Flask.jinja_options, "bytecode_cache": _CompiledTemplates()})
    yield
    patch.undo()


class _CompiledStatements(dict[Any, Any]):
    """Keeps what statements compile to for all databases of a kind: one that is served is opened only once."""

    MOST, MODELS = 4000, 40

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)  # the first part is the dialect of the very engine

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if len(self) >= self.MOST:
            self.clear()
        super().__setitem__(key[1:], compiled)


@pytest.fixture(autouse=True, scope="session")
def _statements_compiled_once() -> Iterator[None]:
    """Sites with the same model share its tables, and so the statements that name them."""
    open_engines, build = Database.__init__, published.build_tables
    statements = defaultdict[str, _CompiledStatements](_CompiledStatements)
    known: dict[tuple[str, str], Tables] = {}

    def opened(database: Database, url: sa.URL) -> None:
        open_engines(database, url)
        for engine in (database.reader, database.writer, database.scratcher):
            engine.update_execution_options(compiled_cache=statements[database.dialect])

    def build_tables(model: AppModel, dialect: str, previous: Tables | None = None) -> Tables:
        if previous is not None:
            return build(model, dialect, previous)
        if len(known) >= _CompiledStatements.MODELS:
            known.clear()
        made = known[dialect, model.hash] = build(model, dialect, known.get((dialect, model.hash)))
        return made

    patch = pytest.MonkeyPatch()
    patch.setattr(Database, "__init__", opened)
    patch.setattr(published, "build_tables", build_tables)
    yield
    patch.undo()


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
