"""A company whose people talk about records: Anna and Cleo sell and see their own, Ben leads and sees all."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fieldstone.kernel.actors import Actor
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from fieldstone.workflows.notifications import Notification


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Talk:
    site: Site
    clock: Clock
    anna: Actor
    ben: Actor
    cleo: Actor

    def save(self, actor: Actor, module: str, record_id: int | None = None, /, **values: Any) -> int:
        self.clock.advance(seconds=1)
        change = RecordChange(module=module, id=record_id, values=values)
        return self.site.records.save(actor, [change]).records[0].id

    def told(self, actor: Actor) -> Sequence[Notification]:
        """Oldest first; what was read before is left out."""
        assert actor.user_id is not None
        found = self.site.workflows.notifications.list(actor.user_id, unread=True)[::-1]
        self.site.workflows.notifications.mark_read(actor.user_id)
        return found

    def messages(self, actor: Actor) -> list[tuple[str, str]]:
        return [(item.kind, item.message) for item in self.told(actor)]

    def mails(self) -> list[tuple[str, str, str]]:
        """Recipient, subject and text of what has been sent since the last look."""
        self.site.worker().run_due()
        found = []
        for path in sorted((self.site.folder / "outbox").glob("*.eml")):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = mail.get_body(("plain",))  # type: ignore[attr-defined]
            found.append((str(mail["To"]), str(mail["Subject"]), body.get_content()))
            path.unlink()
        return sorted(found)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def talk(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str], str]) -> Iterator[Talk]:
    clock = Clock()
    url = new_database("postgresql") if request.param == "postgresql" else None
    site = Site.create(tmp_path / "site", database_url=url, admin="admin", password="a long password", clock=clock)
    people = (("anna", "sales_rep", "en"), ("ben", "sales_manager", "zh_CN"), ("cleo", "sales_rep", "en"))
    actors = {}
    for name, role, language in people:
        address = f"{name}@example.com"
        made = site.accounts.add_user(
            name, f"{name.capitalize()} [X]", email=address, roles=(role,), password="a long password"
        )
        site.accounts.update_user(made, language=language, zone="Europe/Berlin", by=site.accounts.operator())
        actors[name] = site.accounts.actor(made)
    yield Talk(site=site, clock=clock, **actors)
    leaked = site.database.connections_in_use
    site.close()
    assert not leaked, f"{leaked} connections were not given back"
