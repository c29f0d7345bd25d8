"""Every process keeps up with the published model; writes never use an old one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
import sqlalchemy as sa

import sample_model
from fieldstone.kernel.errors import MetadataError, SiteError
from fieldstone.metadata.catalogue import Catalogue, CatalogueEntry
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.storage import published as published_module
from fieldstone.storage.catalogue import load_catalogue, store_catalogue
from fieldstone.storage.database import Database
from fieldstone.storage.ddl import create_tables
from fieldstone.storage.published import ModelSource, PublishedModel
from fieldstone.storage.revisions import (
    Revision,
    describe_winner,
    find_revision,
    find_version,
    hold_version,
    list_revisions,
    load_layers,
    store_revision,
)
from fieldstone.storage.shapes import model_shapes


def _compile(layers: Sequence[Layer], catalogue: Catalogue) -> AppModel:
    """Documents here are lists of words: the fields of the module they are named for."""
    modules = []
    for layer in layers:
        for path, body in layer.documents.items():
            if "broken" in body:
                raise MetadataError([])
            modules.append(sample_model.module(path, *(sample_model.field(name) for name in body.split())))
    return sample_model.model(*modules)


def _publish(database: Database, number: int, **documents: str) -> None:
    layers = [Layer(name="standard", documents=documents)]

    def work(conn: sa.Connection) -> None:
        hold_version(conn, exclusive=True)
        if "broken" not in str(documents):
            create_tables(conn, model_shapes(_compile(layers, Catalogue())))
        revision = Revision(id=number, at=datetime(2026, 3, number, tzinfo=UTC), by=None, by_label="Anna",
                            kind="publish", message="", model_hash=str(number), plugins={"vet": "1"})  # fmt: skip
        store_revision(conn, revision, layers)

    database.transact(work)


def _fields(published: PublishedModel) -> list[str]:
    return list(published.model.modules["lead"].fields)


def test_the_newest_revision_is_the_model_and_is_swapped_in(database: Database) -> None:
    _publish(database, 1, lead="name")
    source = ModelSource(database, _compile)
    first = source.current
    swapped: list[int] = []
    source.on_swap(lambda published: swapped.append(published.version))
    assert source.refresh() is first
    _publish(database, 2, lead="name city")
    assert source.current is first
    assert source.refresh().version == 2
    assert _fields(source.current) == ["name", "city"]
    assert swapped == [2]


def test_a_write_runs_on_the_new_model_although_nobody_refreshed(database: Database) -> None:
    _publish(database, 1, lead="name")
    source = ModelSource(database, _compile)
    _publish(database, 2, lead="name city")
    seen = source.write(lambda conn, published: (hold_version(conn), _fields(published)))
    assert seen == (2, ["name", "city"])


def test_reads_keep_to_a_pinned_model_and_writes_do_not(database: Database) -> None:
    _publish(database, 1, lead="name")
    source, other = ModelSource(database, _compile), ModelSource(database, _compile)
    old = source.current
    _publish(database, 2, lead="name city")

    def read(model_source: ModelSource) -> int:
        with model_source.read() as (_, published):
            return published.version

    with source.pinned(old):
        source.refresh()
        other.refresh()
        assert (read(source), read(other), source.reading, source.current.version) == (1, 2, old, 2)
        assert source.write(lambda conn, published: published.version) == 2
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(read, source).result() == 2
        with source.pinned(source.current), other.pinned(old):
            assert (read(source), read(other)) == (2, 1)
        assert (read(source), read(other)) == (1, 2)
    assert read(source) == 2


def test_a_publish_waits_for_the_writes_before_it(database: Database) -> None:
    _publish(database, 1, lead="name")
    source = ModelSource(database, _compile)
    inside, order = threading.Event(), []

    def publish() -> None:
        inside.wait(10)
        _publish(database, 2, lead="name city")
        order.append("published")

    publisher = threading.Thread(target=publish)

    def work(conn: sa.Connection, published: PublishedModel) -> None:
        publisher.start()
        inside.set()
        publisher.join(0.2)  # it cannot get through while this write holds the version
        order.append(f"written on {published.version}")

    source.write(work)
    publisher.join()
    assert order == ["written on 1", "published"]


def test_a_write_that_waited_for_a_publisher_runs_on_what_another_thread_has_taken_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _publish(database, 1, lead="name")
    source = ModelSource(database, _compile)
    sqlite = database.dialect == "sqlite"

    def publish() -> None:
        _publish(database, 2, lead="name city")
        source.refresh()

    publisher = threading.Thread(target=publish)

    def hold(conn: sa.Connection) -> int:
        if not publisher.ident:
            publisher.start()
            # On SQLite the publisher is who waits: the write has begun.
            publisher.join(0.2 if sqlite else 30)
        return hold_version(conn)

    monkeypatch.setattr(published_module, "hold_version", hold)
    expected = (1, ["name"]) if sqlite else (2, ["name", "city"])
    assert source.write(lambda conn, published: (find_version(conn), _fields(published))) == expected
    publisher.join()


def test_a_broken_revision_leaves_the_last_good_model_in_force(database: Database) -> None:
    _publish(database, 1, lead="name")
    source = ModelSource(database, _compile)
    _publish(database, 2, lead="broken")
    assert source.refresh().version == 1
    assert source.failed
    assert source.failed.version == 2
    assert source.write(lambda conn, published: published.version) == 1
    started_later = ModelSource(database, _compile)
    assert (started_later.current.version, started_later.failed.version) == (1, 2)
    _publish(database, 3, lead="name phone")
    assert source.refresh().version == 3
    assert source.failed is None


def test_a_database_without_a_usable_revision_is_refused(database: Database) -> None:
    with pytest.raises(SiteError) as nothing:
        ModelSource(database, _compile)
    assert nothing.value.code == "storage.E007"


def test_revisions_keep_their_documents_once(database: Database) -> None:
    _publish(database, 1, lead="name", deal="title")
    _publish(database, 2, lead="name", deal="title amount")
    with database.read() as conn:
        assert find_version(conn) == 2
        assert [item.id for item in list_revisions(conn)] == [2, 1]
        assert [item.id for item in list_revisions(conn, before=2)] == [1]
        assert load_layers(conn, 1) == [Layer(name="standard", documents={"lead": "name", "deal": "title"})]
        assert conn.exec_driver_sql("SELECT count(*) FROM fs_document").scalar_one() == 3
        found = find_revision(conn, 2)
        assert found
        assert (found.by_label, found.plugins) == ("Anna", {"vet": "1"})
        assert find_revision(conn, 3) is None
        winner = {"by_label": "Anna", "at": "2026-03-02T00:00:00+00:00", "revision": 2}
        assert describe_winner(conn, find_version(conn)) == winner
        with pytest.raises(LookupError):
            describe_winner(conn, 3)


def test_the_catalogue_comes_back_as_it_was_kept(database: Database) -> None:
    entry = CatalogueEntry("1", "field", "lead.phone", "phone")
    moved = [entry, CatalogueEntry("2", "field", "lead.fax", "fax"), replace(entry, physical="phone_old", removed=True)]
    database.transact(lambda conn: store_catalogue(conn, Catalogue.of(moved), 2))
    gone = [replace(item, removed=True) if item.identity == "2" else item for item in moved]
    database.transact(lambda conn: store_catalogue(conn, Catalogue.of(gone), 3))
    with database.read() as conn:
        kept = load_catalogue(conn)
    assert kept == Catalogue.of(gone)
    assert kept.next_identity == 3


@pytest.mark.postgres
def test_a_restarted_server_costs_nobody_an_error(new_database: Callable[[str], str], postgres_url: str) -> None:
    url = new_database("postgresql")
    database = Database.open(url)
    _publish(database, 1, lead="name")
    source = ModelSource(database, _compile)
    terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"

    def restart() -> None:
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute(terminate, [database.url.database])

    source.write(lambda conn, published: None)
    restart()
    assert source.write(lambda conn, published: published.version) == 1
    restart()
    assert source.refresh().version == 1
    with database.read() as conn:
        assert find_version(conn) == 1
    database.close()
