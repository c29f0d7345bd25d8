"""The company: shaped on its page, planned in words, published, used, and taken back; nothing unsafe gets in."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from fieldstone.fields.currency import CurrencyType
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.app_definitions import AppDef
from fieldstone.metadata.contrast import contrast
from fieldstone.metadata.pictures import Picture, read_picture
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Query
from fieldstone.records.showing import show_context
from fieldstone.runtime.site import Site
from fieldstone.web.brand import accent_style
from fieldstone.web.calendar_hours import closed_quarters
from web.setup.conftest import PASSWORD
from web.setup.test_roles import edit, filled, publish
from web.visitor import Visitor, text_of

HOME = "/setup/company/"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    return new_site(request.param)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def png(width: int, height: int, *, pixels: bytes | None = None, more: bytes = b"", after: bytes = b"") -> bytes:
    rows = (b"\0" + b"\x10\x80\xf0\xff" * width) * height if pixels is None else pixels
    head = _chunk(b"IHDR", width.to_bytes(4) + height.to_bytes(4) + bytes([8, 6, 0, 0, 0]))
    whole = head + more + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"") + after
    return b"\x89PNG\r\n\x1a\n" + whole


def jpeg(width: int, height: int, more: bytes = b"") -> bytes:
    frame = b"\xff\xc0\x00\x0b\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + more + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x11\x22" + b"\xff\xd9"


def webp(width: int, height: int, more: bytes = b"") -> bytes:
    bits = (width - 1 | height - 1 << 14).to_bytes(4, "little")
    inside = b"WEBP" + b"VP8L" + (6).to_bytes(4, "little") + b"\x2f" + bits + b"\0" + more
    return b"RIFF" + len(inside).to_bytes(4, "little") + inside


def _send_logo(admin: Visitor, data: bytes, name: str = "logo.png"):  # type: ignore[no-untyped-def]
    return admin.post(f"{HOME}logo", {"logo": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def test_the_company_is_shaped_used_and_taken_back(site: Site, app: Flask, admin: Visitor) -> None:
    start, actor = site.models.current.version, site.accounts.operator()
    page = text_of(admin.get(HOME))
    for words in ("Company", "Business hours", "Holidays", "Further currencies", "There is none yet."):
        assert words in page, words

    # What cannot be is refused where it is typed, with what would be right.
    for wrong, words in (
        ({"accent": "#ffcc00"}, "The nearest that has it: #907300"), ({"accent": "red;}*{x:url(//a)"}, "17 characters"),
        ({"accent": "red"}, "as #rrggbb"), ({"currencies": "EUR, Gulden"}, "There is no currency Gulden."),
        ({"name": ""}, "Write a name."),
    ):  # fmt: skip
        refused = edit(admin, HOME, **wrong)
        assert refused.status_code == 422, wrong
        assert words.replace("17 characters", "7 characters") in text_of(refused), text_of(refused)
    assert admin.get("/setup/draft/").text.count("data-step") == 0

    kept = edit(
        admin, HOME, name="Acme", accent="#C2185B", currencies="eur, 人民币", week_start="6", zone="Asia/Shanghai"
    )
    assert kept.status_code == 303, text_of(kept)
    assert _send_logo(admin, png(60, 20, more=_chunk(b"tEXt", b"Comment\0secret"))).status_code == 303
    for wrong in ("0", "-1", "1,08.5", "Euro", "1e5", "00.000"):
        refused = admin.post(f"{HOME}rates", {"rate.EUR": wrong})
        assert refused.status_code == 422, wrong
        assert "Write the rate of EUR as a number above zero" in text_of(refused)
    assert admin.post(f"{HOME}rates", {"rate.EUR": "1,08", "rate.CNY": " "}).status_code == 303
    hours = {"open.monday": "1", "from.monday": "08:30", "to.monday": "17:00", "open.saturday": "1"}
    twisted = admin.post(f"{HOME}hours", hours | {"from.saturday": "14:00", "to.saturday": "10:00"})
    assert twisted.status_code == 422
    assert "It closes at 10:00 before it opens at 14:00." in text_of(twisted)
    assert admin.post(f"{HOME}hours", hours | {"from.saturday": "10:00", "to.saturday": "14:00"}).status_code == 303
    for sent in (
        {"day": "2026-10-01", "until": "2026-10-03", "label": "国庆节"},
        {"day": "2026-01-01", "label": "New <Year>", "yearly": "1"},
    ):
        assert admin.post(f"{HOME}holidays", sent).status_code == 303
    for sent, words in (
        ({"day": "2026-10-02", "label": "Again"}, "2 October 2026 is a holiday already: 国庆节"),
        ({"day": "2027-01-01", "label": "Twice"}, "as 01-01 of each year"), ({"label": "Some day"}, "Write the day"),
        ({"day": "2026-10-07"}, "Write what the holiday is called."),
        ({"day": "2026-10-07", "until": "2026-10-06", "label": "Back"}, "The last day comes after the first"),
    ):  # fmt: skip
        refused = admin.post(f"{HOME}holidays", sent)
        assert refused.status_code == 422
        assert words in text_of(refused), text_of(refused)
    picture = read_picture(png(60, 20))
    assert admin.get(f"{HOME}logo/{picture.digest}").data == picture.data
    assert Visitor(app).get(f"/brand/{picture.digest}/logo").status_code == 404  # not published yet
    assert "logo" not in Visitor(app).get("/login").text.replace("logo.svg", "").replace("fs-logo", "")

    plan = admin.get("/setup/draft/")
    for words in (
        "Name of the application Fieldstone → Acme", "Accent colour — → #c2185b", "Logo — → image/png 60 × 20",
        "Business hours: Monday 09:00–18:00 → 08:30–17:00", "Business hours: Tuesday 09:00–18:00 → closed",
        "Holidays: 1 October 2026 — → 国庆节", "Holidays: 1 January — → New <Year>", "Further currencies — → EUR, CNY",
        "First day of the week Monday → Sunday", "Rate of EUR — → 1.08",
    ):  # fmt: skip
        assert words in text_of(plan), (words, text_of(plan))
    publish(admin, plan)
    company = site.models.current.model.app
    assert (company.name, company.accent, company.active_currencies) == ("Acme", "#c2185b", ("USD", "EUR", "CNY"))
    assert company.hours == {
        "monday": "08:30-17:00", **dict.fromkeys(("tuesday", "wednesday", "thursday", "friday"), "closed"),
        "saturday": "10:00-14:00",
    }  # fmt: skip
    assert list(company.holidays) == ["01-01", "2026-10-01", "2026-10-02", "2026-10-03"]

    # A currency that is no longer in use takes its rate with it.
    assert company.rates == {"EUR": "1.08"}
    assert edit(admin, HOME, currencies="CNY").status_code == 303
    plan = text_of(admin.get("/setup/draft/"))
    assert "Rate of EUR 1.08 → —" in plan
    assert admin.post("/setup/draft/discard").status_code == 303

    offered = CurrencyType().choices(show_context(site.models.current, actor, {}))
    assert offered[:3] == [("USD", "US Dollar"), ("EUR", "Euro"), ("CNY", "Chinese Yuan")]

    # Everybody sees it, before the log-in too, at addresses that change with it.
    entry = Visitor(app).get("/login")
    addresses = re.findall(r'(?:src|href)="(/brand/[^"]+)"', entry.text)
    assert len(addresses) == 2
    assert set(addresses) == set(re.findall(r'"(/brand/[^"]+)"', admin.get("/").text))
    for address in addresses:
        answer = Visitor(app).get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.mimetype == ("text/css" if address.endswith("css") else "image/png")
        other = Visitor(app).get(address.replace(address.split("/")[2], "0" * 16))
        assert (other.status_code, other.headers["Cache-Control"]) == (404, "no-store")

    # In the calendar, by name and shaded; in expressions, in filters and in Python.
    month = admin.get("/calendar?span=month&on=2026-10-01").text
    assert '<span class="fs-holiday" title="国庆节">国庆节</span>' in month
    assert "New &lt;Year&gt;" in admin.get("/calendar?span=agenda&on=2027-01-01").text
    admin_id = actor.user_id
    assert admin_id is not None
    site.accounts.update_user(admin_id, zone="Asia/Shanghai")
    week = admin.get("/calendar?span=week&on=2026-10-05").text  # Monday, and a Sunday before it
    assert week.count("fs-closed q0 u34") == 1
    assert week.count("fs-closed q0 u96") == 5
    assert "Thursday 1 October 2026, 国庆节" in admin.get("/calendar?span=week&on=2026-10-01").text
    days = {"Shut": "2026-10-01", "Open": "2026-10-05", "Weekday": "2026-10-06", "New": "2027-01-01"}
    changes = [RecordChange(module="task", values={"subject": name, "due_date": day}) for name, day in days.items()]
    site.records.save(actor, changes)
    where = "is_working_day(due_date) and due_date < add_working_days('2026-10-05', 1)"
    working = Query(fields=("subject",), where=where)
    found = [each.values["subject"] for each in site.records.query(actor, "task", working).records]
    assert found == ["Open"]
    assert company.working.shift(date(2026, 9, 28), 1) == date(2026, 10, 5)

    # Back: nothing of it is left, the picture neither.
    back = admin.get(f"/setup/revisions/{start}/back")
    done = admin.post(f"/setup/revisions/{start}/back", filled(back))
    assert done.status_code == 303, text_of(done)
    assert site.models.current.model.app == AppDef(name="Fieldstone", groups=company.groups)
    assert Visitor(app).get(addresses[0]).status_code == 404
    assert "/brand/" not in Visitor(app).get("/login").text


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_whoever_keeps_the_company_sees_no_machine(site: Site, app: Flask, admin: Visitor) -> None:
    edit(admin, "/setup/roles/add", label="Office", name="office")
    assert edit(admin, "/setup/roles/of/office", setup=["company"]).status_code == 303
    publish(admin, admin.get("/setup/draft/"))
    site.accounts.add_user("olga", "Olga Office", roles=["office"], password=PASSWORD)
    olga = Visitor(app)
    olga.log_in("olga", PASSWORD)
    assert olga.get("/setup/settings/").status_code == 403
    assert 'href="/setup/company/"' in olga.get("/setup/").text
    assert 'href="/setup/settings/"' not in olga.get("/setup/").text
    palette = olga.get("/commands").text
    assert "/setup/company/" in palette
    assert "/setup/settings/" not in palette
    for bad, words in (
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG is not taken"),
        (b"<html><script>alert(1)</script>", "This is no picture"), (png(2, 2, pixels=bytes(10**7)), "damaged"),
        (png(2_001, 1), "2001 × 1 pixels"), (bytes(100_001), "It may have 100000"), (b"", "Choose a file first."),
    ):  # fmt: skip
        refused = _send_logo(olga, bad)
        assert refused.status_code == 422
        assert words in text_of(refused), text_of(refused)
    assert _send_logo(olga, png(4, 4)).status_code == 303
    assert olga.post(f"{HOME}logo", {"remove": "1"}).status_code == 303
    edit(olga, HOME, name="Olga & Co")
    publish(olga, olga.get("/setup/draft/"))
    assert site.models.current.model.app.name == "Olga & Co"


@pytest.mark.parametrize("made", [png, jpeg, webp])
def test_a_picture_is_what_it_says_and_nothing_else(made: Callable[..., bytes]) -> None:
    hidden = {
        png: _chunk(b"iTXt", b"<script>"), jpeg: b"\xff\xe1\x00\x0a<script>", webp: b"EXIF\x08\0\0\0<script>",
    }[made]  # fmt: skip
    whole = made(30, 20, more=hidden)
    picture = read_picture(whole + b"<script>")
    assert (picture.width, picture.height) == (30, 20)
    assert b"script" not in picture.data
    assert read_picture(picture.data) == Picture(mime=picture.mime, width=30, height=20, data=picture.data)
    assert made(30, 20) == picture.data
    for cut in (whole[:-3], whole[:10], made(3_000, 20), made(30, 2_001)):
        with pytest.raises(InvalidInputError):
            read_picture(cut)


@pytest.mark.parametrize("accent", ["#2f55d4", "#c2185b", "#000000", "#058844", "#767676", "#907300", "#0000ff"])
def test_an_accent_can_be_read_in_both_themes(accent: str) -> None:
    light, dark = (
        dict(re.findall(r"--fs-([a-z-]+): (#[0-9a-f]{6});", line)) for line in accent_style(accent).splitlines()
    )
    assert light["accent"] == accent
    for theme, surface, press in ((light, "#ffffff", "#eeece9"), (dark, "#191918", "#2a2927")):
        for fill in ("accent", "accent-hover"):
            assert contrast(theme[fill], theme["on-accent"]) >= 4.5
        for ground in (surface, press, theme["accent-soft"]):
            assert contrast(theme["accent-ink"], ground) >= 4.5
        assert contrast(theme["focus"], surface) >= 3
        assert contrast(theme["accent"], surface) >= 3


def test_hours_are_shaded_by_the_clock_of_whoever_looks() -> None:
    app = AppDef(zone="Asia/Shanghai", holidays={"2026-10-01": "国庆节"})
    assert closed_quarters(app, date(2026, 10, 5), "Asia/Shanghai") == [(0, 36), (72, 96)]
    assert closed_quarters(app, date(2026, 10, 1), "Asia/Shanghai") == [(0, 96)]
    assert closed_quarters(app, date(2026, 10, 5), "America/New_York") == [(24, 84)]  # their Monday, then Tuesday
    assert closed_quarters(app, date(2026, 10, 4), "America/New_York") == [(0, 84)]
