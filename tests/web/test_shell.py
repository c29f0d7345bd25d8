"""What stands around every page, as each person has it: commands, navigation."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask_admin import BaseView

from fieldstone.runtime.site import Site
from fieldstone.web.setup import get_console
from web.visitor import Visitor, text_of

PASSWORD = "another long one"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    made = new_site(request.param)
    for name in ("anna", "ben"):
        made.accounts.add_user(name, name.title(), is_admin=name == "anna", password=PASSWORD)
    return made


def enter(app: Flask, name: str) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(name, PASSWORD)
    return visitor


def commands(visitor: Visitor) -> dict[str, str]:
    """Address → label."""
    page = visitor.htmx("/commands").text
    found = re.findall(r'role="option"[^>]* href="([^"]+)".*?<span class="fs-cut">([^<]*)', page)
    return {url.replace("&amp;", "&"): label for url, label in found}


def test_the_palette_offers_what_one_may_and_only_that(app: Flask, site: Site, save: Callable[..., int]) -> None:
    anna, ben = enter(app, "anna"), enter(app, "ben")
    deal = save("opportunity", name="Turbine")
    anna.get(f"/m/opportunity/{deal}")
    anna.post("/m/opportunity/views/new", {"where": "amount > 5", "label": "Large ones", "audience": "public"})
    anna.post("/m/opportunity/star", {"record": str(deal)})
    offered = commands(anna)
    assert offered["/m/opportunity"] == "Opportunities"
    assert offered["/m/opportunity/new"] == "New opportunity"
    assert offered[f"/m/opportunity/{deal}"] == "Turbine"
    assert next(label for url, label in offered.items() if re.search(r"view=\d+$", url)) == "Large ones"
    pages = {url: label for url, label in offered.items() if url.startswith("/setup/") and url != "/setup/"}
    shown = [view for view in get_console().admin._views if type(view).is_visible is BaseView.is_visible]
    views = [view for view in shown if view.url != "/setup" and "<" not in view.url]
    assert pages == {f"{view.url}/": str(view.name) for view in views}, "every page of the console"
    assert all(anna.get(url).status_code == 200 for url in offered if "?" not in url), "each leads somewhere"
    without = commands(ben)
    assert "/account" in without
    assert not any(url.startswith(("/setup", "/m/")) for url in without), "no role gives him anything"
    anna.post("/account/look", {"language": "zh_CN"})
    chinese = anna.htmx("/commands").text
    label = commands(anna)["/m/contact"]
    assert re.search(rf'href="/m/contact"[^>]*data-latin="[a-z]+ [a-z]+">.*?{label}', chinese), "found by its pinyin"
    assert "Turbine" in text_of(anna.get("/commands")), "a page of links without scripts"


def groups(visitor: Visitor) -> dict[str, list[str]]:
    """What the navigation shows: heading → labels; a closed one has a minus before it."""
    nav = visitor.get("/more").text.partition('<div class="fs-nav-foot">')[0]
    found = {}
    for part in nav.split('<details class="fs-nav-group"')[1:]:
        heading = re.search(r"<summary>([^<]+)", part)
        assert heading is not None
        closed = "" if part.startswith(" open") else "-"
        found[closed + heading[1]] = re.findall(r"<span>([^<]+)</span>", part)
    return found


def test_everybody_arranges_the_navigation_for_oneself(app: Flask, site: Site, save: Callable[..., int]) -> None:
    anna, admin = enter(app, "anna"), Visitor(app)
    admin.log_in()
    before = groups(anna)
    first, second, third = list(before)[:3]
    deals = [save("opportunity", name=name) for name in ("One", "Two", "Three")]
    for deal in deals:
        anna.post("/m/opportunity/star", {"record": str(deal)})
    dialog = anna.htmx("/navigation").text
    names = re.findall(r'name="group" value="([^"]+)"', dialog)
    modules = re.findall(r'name="module" value="([^"]+)"', dialog)
    keys = re.findall(r'name="star" value="([^"]+)"', dialog)
    assert [names[0], len(modules), len(keys)] == ["sales", sum(map(len, before.values())), 3]
    order = {
        "group": [names[1], names[0], *names[2:], "none"],
        "module": [*reversed(modules), "none"],
        "show": [name for name in modules if name != "contact"],
        "star": [keys[2], keys[0], keys[1], "opportunity/999/"],
        "keep": [keys[2], keys[0]],
        "back": "/m/opportunity",
    }
    assert anna.htmx("/navigation", order).headers["HX-Redirect"] == "/m/opportunity"
    after = groups(anna)
    assert list(after) == ["Favourites", second, first, third, *list(before)[3:]]
    assert after["Favourites"] == ["Three", "One"]
    assert after[first] == [label for label in reversed(before[first]) if label != "Contacts"]
    assert "/m/contact" in commands(anna), "hidden, not forbidden"
    assert 'href="/m/contact"' in anna.get("/more").text.partition('id="main"')[2]
    assert not re.search(r'name="show" value="contact" checked', anna.htmx("/navigation").text)
    for name in ("favourites", "group:sales", "group:none"):
        assert anna.htmx("/navigation/fold", {"name": name}).status_code == 204
    assert {"-Favourites", f"-{first}", second} <= set(groups(anna))
    assert set(groups(admin)) == set(before), "hers alone"
    anna.htmx("/navigation/fold", {"name": "group:sales", "open": "1"})
    anna.get("/navigation")
    assert anna.post("/navigation", {"reset": "1"}).headers["Location"] == "/"
    assert groups(anna) == {"-Favourites": ["Three", "One"], **before}
