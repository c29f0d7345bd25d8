"""Lists as boards, on both databases: columns and cards, what moves them, who may."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.visitor import Visitor, text_of

CLOCK = {"now": datetime.now(UTC)}
BOARD = "/m/opportunity?as=kanban&view=all"


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str], str]) -> Iterator[Site]:
    url = new_database(request.param)
    made = Site.create(
        tmp_path / "site", admin="admin", password="a long password", database_url=url, clock=lambda: CLOCK["now"]
    )
    CLOCK["now"] = datetime.now(UTC)
    yield made
    made.close()


def _save(site: Site, module: str, *records: dict[str, object], id: int | None = None) -> list[int]:
    changes = [RecordChange(module=module, id=id, values=values) for values in records]
    return [saved.id for saved in site.records.save(site.accounts.operator(), changes).records]


def _lane(page: str, key: str) -> str:
    found = re.search(rf'<section class="[^"]*" id="lane-{key}".*?</section>', page, re.DOTALL)
    assert found, key
    return found[0]


def test_a_board_shows_moves_and_undoes(anywhere: Site) -> None:
    site, visitor = anywhere, Visitor(create_app(anywhere))
    visitor.log_in()
    deals = [{"name": f"Deal {n:02}", "amount": n, "stage": "proposal"} for n in range(1, 24)]
    ids = _save(site, "opportunity", *deals, {"name": "Tender", "stage": "proposal", "record_type": "tender"})
    page = visitor.get(BOARD).text
    assert re.findall(r'data-lane="(\w*)"', page) == [
        "prospecting", "qualification", "engaging", "proposal", "negotiation", "won", "lost",
    ]  # fmt: skip
    lane = _lane(page, "proposal")
    assert lane.count("data-card") == 20 + 1  # with the body's own attribute
    assert re.search(r'id="count-proposal">24<.*id="sum-proposal"><b>\$276<', lane)
    more = re.search(r'hx-get="([^"]+/board/cards[^"]+)"', lane)
    assert more is not None
    rest = visitor.htmx(more[1].replace("&amp;", "&")).text
    assert rest.count("data-card=") == 4
    # A tender has no such stage: its card cannot be put there; all others can.
    assert re.findall(r'data-card="(\d+)"[^>]* data-shut="[^"]*\bengaging\b', page + rest) == [str(ids[-1])]
    assert not set(re.findall(r"data-card=\"(\d+)", rest)) & set(re.findall(r"data-card=\"(\d+)", lane))
    # What is added up can be chosen: an amount weighted with how likely it is, too.
    weighted = visitor.get(f"{BOARD}&sum=forecast").text
    assert re.search(r'id="sum-proposal"><b>\$165.60<', _lane(weighted, "proposal"))
    assert "sum=amount" in weighted
    # How long cards are where they are, and which are so longer than others were.
    for number in range(10, 15):
        CLOCK["now"] += timedelta(days=1)
        _save(site, "opportunity", {"stage": "prospecting"}, id=ids[number])
    CLOCK["now"] += timedelta(days=1)
    visitor.log_in()
    again = visitor.get(BOARD).text
    ages = re.findall(r'<span class="fs-kard-age[^>]*>([^<]*)<', _lane(again, "prospecting"))
    assert sorted(ages) == [f"{text} at this stage" for text in ("1 day", "2 days", "3 days", "4 days", "5 days")]
    assert _lane(again, "proposal").count("6 days here, longer than usual") == 19
    for number in range(10, 15):
        _save(site, "opportunity", {"stage": "proposal"}, id=ids[number])
    # The conditions of the list hold, and tell which columns are only places to put a card.
    found = visitor.get("/m/opportunity?as=kanban&view=all&where=amount > 20 and stage not in ('won',)").text
    assert _lane(found, "proposal").count("data-card=") == 3
    assert "is-aside" in _lane(found, "won")
    assert "as=kanban" in re.search(r'class="fs-x" href="([^"]+)"', found)[1]  # type: ignore[index]
    assert "Filter" in text_of(visitor.get(f"{BOARD}&where=nothing == 1"))
    tender = visitor.get("/m/opportunity?as=kanban&view=all&where=record_type == 'tender'").text
    assert 'data-lane="engaging"' not in tender
    assert _lane(tender, "proposal").count("data-card=") == 1
    by_kind = visitor.get("/m/opportunity?as=kanban&view=all&by=source").text
    assert 'id="lane-"' in by_kind
    # A move, its figures, and what takes it back.
    moved = visitor.htmx(f"/m/opportunity/{ids[2]}/board?as=kanban&view=all", {"to": "won", "version": 1})
    assert moved.status_code == 200
    assert f'id="card-{ids[2]}"' in moved.text
    assert 'data-in="won"' in moved.text
    assert re.search(
        r'id="count-won" hx-swap-oob="true">1<', visitor.htmx("/m/opportunity/board/figures?view=all").text
    )
    undo = re.search(r'name="id" value="(\d+)"', moved.text)
    assert undo is not None
    back = visitor.htmx(f"/m/opportunity/{ids[2]}/board/undo?view=all", {"id": undo[1]})
    assert 'data-in="proposal"' in back.text
    # Somebody else moved it meanwhile; the type of the record does not have the stage.
    _save(site, "opportunity", {"stage": "negotiation"}, id=ids[3])
    stale = visitor.htmx(f"/m/opportunity/{ids[3]}/board?view=all", {"to": "lost", "version": 1})
    assert (stale.status_code, 'data-in="negotiation"' in stale.text) == (409, True)
    refused = visitor.htmx(f"/m/opportunity/{ids[-1]}/board?view=all", {"to": "engaging", "version": 1})
    assert (refused.status_code, 'data-in="proposal"' in refused.text) == (422, True)
    asked = visitor.htmx(f"/m/opportunity/{ids[-1]}/board?view=all", {"to": "won", "version": 1})
    assert asked.status_code == 422
    assert 'name="f.amount"' in asked.text
    done = visitor.htmx(
        f"/m/opportunity/{ids[-1]}/board?view=open", {"to": "won", "version": 1, "f.amount": "1,200", "f.stage": "won"}
    )
    assert done.status_code == 200
    assert "data-gone" in done.text
    # Closed columns are kept per person and not read.
    visitor.htmx("/m/opportunity/board/lane?view=all", {"lane": "proposal", "closed": "1"})
    assert "data-card=" not in _lane(visitor.get(BOARD).text, "proposal")
    opened = visitor.htmx("/m/opportunity/board/lane?view=all", {"lane": "proposal", "closed": ""})
    assert opened.text.count("data-card=") == 20
    # Beside a list: the same records and order, with the one that is open.
    beside = visitor.get(f"/m/opportunity?as=split&view=all&sort=-amount&limit=20&open={ids[1]}").text
    assert f'href="/m/opportunity/{ids[1]}" data-beside="{ids[1]}"' not in beside  # not on this page of the list
    assert f'data-page="/m/opportunity/{ids[1]}"' in beside
    rows = [int(row) for row in re.findall(r'data-beside="(\d+)"', beside)]
    assert rows[:3] == [ids[-1], ids[22], ids[21]]
    assert len(rows) == 20
    following = re.search(r'href="([^"]+)" aria-label="Next page"', beside)
    assert following is not None
    assert "open=" not in following[1]
    assert re.findall(r'data-beside="(\d+)"', visitor.get(following[1].replace("&amp;", "&")).text)[-1] == str(ids[0])


def test_cards_are_for_those_who_may_see_and_move_them(anywhere: Site) -> None:
    accounts, app = anywhere.accounts, create_app(anywhere)
    rep = accounts.add_user("rep", "Rep", roles=["sales_rep"], password="a long password")
    accounts.add_user("looker", "Looker", roles=["viewer"], password="a long password")
    (own,) = _save(anywhere, "opportunity", {"name": "Own", "amount": 5, "owner": rep})
    (other,) = _save(anywhere, "opportunity", {"name": "Other", "amount": 70})
    people = {}
    for name in ("rep", "looker"):
        people[name] = Visitor(app)
        people[name].log_in(name)
    seen = people["rep"].get(BOARD).text
    assert re.findall(r'data-card="(\d+)"[^>]* data-movable', seen) == [str(own)]
    assert "Other" not in seen
    assert re.search(r'id="sum-prospecting"><b>\$5<', seen)
    seen = people["looker"].get(BOARD).text
    assert sorted(re.findall(r'data-card="(\d+)"', seen)) == sorted([str(own), str(other)])
    assert "data-movable" not in seen
    assert people["looker"].htmx(f"/m/opportunity/{other}/board?view=all", {"to": "won"}).status_code == 403
    assert people["rep"].htmx(f"/m/opportunity/{other}/board?view=all", {"to": "won"}).status_code == 404
    # What stands on no day of the calendar cannot be moved there.
    assert people["rep"].htmx(f"/m/opportunity/{own}/calendar?view=all", {"day": "2026-03-14"}).status_code == 404


def test_a_saved_view_keeps_how_it_is_shown(anywhere: Site) -> None:
    visitor = Visitor(create_app(anywhere))
    visitor.log_in()
    _save(anywhere, "opportunity", {"name": "Deal", "source": "website"})
    form = visitor.get("/m/opportunity/views/new?view=all&as=kanban&by=source&where=amount != 1").text
    sent = dict(re.findall(r'<input type="hidden" name="(view|as|by|where)" value="([^"]*)"', form))
    assert sent["by"] == "source"
    saved = visitor.post("/m/opportunity/views/new", {**sent, "label": "By source", "audience": "private"})
    assert saved.status_code == 303, saved.text
    page = visitor.get(saved.location).text
    assert 'id="lane-website"' in page
    assert "Edited" not in page
    table = re.search(r'href="([^"]+)" title="Table"', page)
    assert table is not None
    assert "Edited" in visitor.get(table[1].replace("&amp;", "&")).text
