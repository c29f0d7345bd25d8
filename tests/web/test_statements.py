"""What the pages and the API ask of the database is bounded: statements and transactions, not times.

A ceiling that is passed is no accident: something is asked twice, or one by one. Raise it only for a statement that
tells something new.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldstone.kernel.actors import Actor
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from fieldstone.web.current import current_site
from fieldstone.workflows.notifications import NewNotification
from web.visitor import Visitor


@dataclass
class Asked:
    """What went to a database: statements, and the transactions they were in."""

    statements: list[str] = field(default_factory=list)
    transactions: int = 0

    def watch(self, engine: sa.Engine) -> None:
        @sa.event.listens_for(engine, "before_cursor_execute")
        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("BEGIN"):  # SQLite's is sent like a statement
                self.statements.append(statement)

        @sa.event.listens_for(engine, "begin")
        def begun(_conn: object) -> None:
            self.transactions += 1

    def during(self, work: Callable[[], object]) -> tuple[int, int]:
        """Once everything that is kept with the model is there."""
        work()
        self.statements.clear()
        self.transactions = 0
        work()
        return len(self.statements), self.transactions


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, shared_site: Callable[[str], Site]) -> Site:
    return shared_site(request.param)


@pytest.fixture(scope="module")
def asked(site: Site) -> Asked:
    watching = Asked()
    for engine in (site.database.reader, site.database.writer, site.database.scratcher):
        watching.watch(engine)
    return watching


@pytest.fixture(scope="module")
def app(site: Site) -> Flask:
    made = create_app(site)

    @made.get("/breaks")
    def breaks() -> str:
        with current_site().database.read() as conn:
            conn.execute(sa.text("SELECT nothing FROM nowhere"))
        return ""

    return made


@pytest.fixture(scope="module")
def representative(site: Site, app: Flask) -> Visitor:
    site.accounts.add_user("rep", password="a long password", roles=("sales_rep",))
    made = Visitor(app)
    made.log_in("rep")
    return made


@pytest.fixture(scope="module")
def deal(site: Site, representative: Visitor) -> int:
    """A deal of the representative with enough around it that every list of its page has more than it shows."""
    actor: Actor = site.accounts.actor(site.accounts.get_user_id("rep"))

    def save(module: str, **values: object) -> int:
        return site.records.save(actor, [RecordChange(module=module, values=values)]).records[0].id

    organization = save("organization", name="Acme")
    for place in range(30):
        save("opportunity", name=f"Deal {place}", organization=organization, close_date=f"2026-10-{place + 1:02}")
    made = save("opportunity", name="The deal", organization=organization, stage="prospecting", amount="1200")
    for place in range(8):
        save("task", subject=f"Call {place}", related_to=f"opportunity:{made}")
        save("note", title=f"Said {place}", related_to=f"opportunity:{made}")
    for amount in ("1300", "1400"):
        site.records.save(actor, [RecordChange(module="opportunity", id=made, values={"amount": amount})])
    return made


@pytest.fixture(scope="module")
def token(site: Site, representative: Visitor) -> dict[str, str]:
    return {"Authorization": f"Bearer {site.accounts.add_token('rep', label='counting').secret}"}


def test_pages_and_the_api_ask_little_and_in_one_snapshot(
    asked: Asked, representative: Visitor, deal: int, token: dict[str, str]
) -> None:
    def api(path: str) -> Callable[[], None]:
        def work() -> None:
            assert representative.client.get(f"/api/v1{path}", headers=token).status_code == 200

        return work

    def page(path: str) -> Callable[[], None]:
        def work() -> None:
            assert representative.get(path).status_code == 200

        return work

    def create() -> None:
        deal = {"name": "New", "stage": "prospecting", "amount": "1200", "organization": 1}
        assert representative.client.post("/api/v1/m/opportunity", json=deal, headers=token).status_code == 201

    found = {
        name: asked.during(work)
        for name, work in {
            "record page": page(f"/m/opportunity/{deal}"),
            "list page": page("/m/opportunity?sort=-close_date"),
            "home": page("/"),
            "API list": api("/m/opportunity?sort=-close_date&limit=20"),
            "API read": api(f"/m/opportunity/{deal}"),
            "API create": create,
        }.items()
    }
    ceilings = {"record page": 28, "list page": 12, "home": 14, "API list": 5, "API read": 4, "API create": 17}
    for name, (statements, transactions) in found.items():
        assert statements <= ceilings[name], (name, statements)
        assert transactions == (2 if name == "API create" else 1), (name, transactions)


def test_no_request_leaves_a_connection_behind(
    site: Site, app: Flask, representative: Visitor, deal: int, token: dict[str, str]
) -> None:
    admin = Visitor(app)
    admin.log_in()
    rep = site.accounts.get_user_id("rep")
    client = representative.client
    newer = {"amount": "7", "base_version": 3}
    for work, status in (
        (lambda: client.get(f"/m/opportunity/{deal}"), 200),
        (lambda: client.head(f"/m/opportunity/{deal}"), 200),
        (lambda: client.get("/m/opportunity/987654"), 404),
        (lambda: client.get("/setup/"), 403),
        (lambda: client.get("/nowhere"), 404),
        (lambda: client.get("/breaks"), 500),
        (lambda: client.get("/m/opportunity?where=)"), 400),
        (lambda: client.get("/api/v1/m/opportunity"), 401),
        (lambda: client.get("/api/v1/m/opportunity?where=)", headers=token), 400),
        (lambda: client.post("/api/v1/m/opportunity", json={}, headers=token), 422),
        (lambda: client.patch(f"/api/v1/m/opportunity/{deal}", json=newer, headers=token), 200),
        (lambda: representative.post(f"/m/opportunity/{deal}/comments", {"text": "Hello"}), 303),
        (lambda: admin.post(f"/impersonate/{rep}", {"password": "a long password"}), 303),
        (lambda: admin.get(f"/m/opportunity/{deal}"), 200),
        (lambda: admin.post("/impersonate/stop"), 303),
    ):
        answer = work()
        assert answer.status_code == status, (answer.request.path, answer.status_code, answer.text[:300])
        answer.close()
        assert site.database.connections_in_use == 0, answer.request.path
    export = client.get("/m/opportunity/export.csv?rows=all")
    assert export.is_streamed
    assert next(export.iter_encoded())
    export.close()
    assert site.database.connections_in_use == 0


def test_a_page_shows_what_its_own_request_has_written(site: Site, representative: Visitor, deal: int) -> None:
    """What is unread is looked at before the record is marked as seen, and shown after it."""
    rep = site.accounts.get_user_id("rep")
    news = NewNotification(user_id=rep, message="Look at it", module="opportunity", record_id=deal)
    site.database.transact(lambda conn: site.workflows.notifications.notify(conn, [news]))
    assert ", 1 unread" in representative.get("/m/opportunity").text
    assert " unread" not in representative.get(f"/m/opportunity/{deal}").text
