"""Demo data: a small, believable company's CRM in English and Chinese, the same every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldstone.kernel.actors import Actor
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.runtime.demo import words
from fieldstone.runtime.demo.records import DemoRecords

if TYPE_CHECKING:
    from fieldstone.runtime.site import Site

_QUIET = SaveOptions(workflows=False, duplicates="ignore")


def create_demo(site: Site) -> None:
    """Fill a new site. Goes through the save pipeline like everything else, in the operator's name."""
    actor = site.accounts.operator()
    owners = [
        site.accounts.add_user(username, label, email=f"{username}@fieldstone.example", roles=(role,))
        for username, label, role in words.USERS
    ]
    demo = DemoRecords([*owners, actor.user_id or owners[0]], site.clock().date())
    saved = site.records.save(actor, demo.changes(), options=_QUIET)
    deals = [record.id for record in saved.records if record.module == "opportunity"]
    site.records.save(actor, demo.activities(deals), options=_QUIET)
    _move_some_deals(site, actor, deals)


def _move_some_deals(site: Site, actor: Actor, deals: list[int]) -> None:
    """A few deals move a stage, so that history and stage path have something to show."""
    page = site.records.fetch(actor, "opportunity", deals, fields=("stage",))
    following = {"prospecting": "qualification", "qualification": "engaging", "engaging": "proposal"}
    moves = [
        RecordChange(module="opportunity", id=record.id, values={"stage": following[record.values["stage"]]})
        for record in page
        if record.values["stage"] in following and record.id % 2
    ]
    site.records.save(actor, moves, options=_QUIET)
