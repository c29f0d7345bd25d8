"""A forgotten password: the mail, its link, and what nobody learns on the way."""

from __future__ import annotations

import email
import email.policy
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask

from fieldstone.jobs.tables import fs_job
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.visitor import Visitor, text_of

PASSWORD = "another long one"


class Mailbox:
    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def posting(tmp_path: Path, mailbox: tuple[Mailbox, int]) -> Iterator[Site]:
    folder = tmp_path / "posting"
    folder.mkdir()
    settings = f"base_url: http://crm.example.com\nmail: {{host: 127.0.0.1, port: {mailbox[1]}, tls: none}}\n"
    (folder / "fieldstone.yaml").write_text(settings)
    made = Site.create(folder, admin="admin", password="a long password")
    made.accounts.add_user("anna", "Anna", email="anna@example.com", roles=["sales_rep"], password=PASSWORD)
    made.accounts.add_user("ben", "Ben", roles=["sales_rep"], password=PASSWORD)
    yield made
    made.close()


def ask(visitor: Visitor, username: str, host: str = "http://localhost") -> str:
    visitor.get("/login/forgotten", base_url=host)
    answer = visitor.post("/login/forgotten", {"username": username}, base_url=host)
    assert answer.status_code == 200
    return text_of(answer)


def test_from_the_mail_to_the_new_password(posting: Site, mailbox: tuple[Mailbox, int]) -> None:
    app, (box, _) = create_app(posting), mailbox
    logged_in = Visitor(app)
    logged_in.log_in("anna", PASSWORD)
    visitor = Visitor(app)
    ask(visitor, "Anna@example.com", host="http://evil.example")
    with posting.database.read() as conn:
        assert "login/password" not in repr(conn.execute(sa.select(fs_job)).all()), "no link stands in the queue"
    posting.worker().run_due()
    (mail,) = box.mails
    assert mail["To"] == "anna@example.com"
    link = re.search(r"http\S+/login/password/\S+", mail.get_content())
    assert link
    assert link[0].startswith("http://crm.example.com/login/password/"), "never what the request calls the host"
    path = link[0].removeprefix("http://crm.example.com")
    for _ in range(2):
        assert visitor.get(path).status_code == 200, "looking does not use it up"
    short = visitor.post(path, {"new": "short", "again": "short"})
    assert short.status_code == 422
    assert "fewer than 8 characters" in text_of(short)
    differing = visitor.post(path, {"new": "quite another one", "again": "yet another one"})
    assert differing.status_code == 422
    done = visitor.post(path, {"new": "quite another one", "again": "quite another one"})
    assert done.location == "/login?new=1"
    assert "Your password is changed." in text_of(visitor.get(done.location))
    assert logged_in.get("/").status_code == 303, "logged out everywhere"
    again = visitor.post(path, {"new": "a third password", "again": "a third password"})
    assert again.status_code == 401
    assert visitor.get(path).status_code == 401
    anna = Visitor(app)
    anna.log_in("anna", "quite another one")


def test_the_same_words_and_work_for_everybody(posting: Site, mailbox: tuple[Mailbox, int]) -> None:
    app = create_app(posting)
    posting.accounts.add_user("gone", "Gone", email="gone@example.com")
    posting.accounts.deactivate(posting.accounts.get_user_id("gone"))
    names = ("anna", "ben", "nobody", "nobody@example.com", "gone", "", "\x00", "x" * 5_000)
    words = {ask(Visitor(app), name) for name in names}
    assert len(words) == 1
    with posting.database.read() as conn:
        jobs = conn.execute(sa.select(fs_job.c.payload).where(fs_job.c.kind == "account.reset_mail")).scalars().all()
    assert len(jobs) == len(names)
    posting.worker().run_due()
    assert [mail["To"] for mail in mailbox[0].mails] == ["anna@example.com"]


def test_asking_is_slowed_down(posting: Site) -> None:
    app = create_app(posting)
    for name in ("anna", "nobody"):
        visitor = Visitor(app)
        for _ in range(3):
            ask(visitor, name)
        refused = visitor.post("/login/forgotten", {"username": name})
        assert refused.status_code == 429
        assert "Too many attempts" in text_of(refused)


def test_the_letter_is_in_the_users_language(posting: Site, mailbox: tuple[Mailbox, int]) -> None:
    posting.accounts.update_user(posting.accounts.get_user_id("anna"), language="zh_CN")
    ask(Visitor(create_app(posting)), "anna")
    posting.worker().run_due()
    assert mailbox[0].mails[0]["Subject"] == "设置新密码"


def test_a_site_without_mail_says_whom_to_ask(site: Site, app: Flask) -> None:
    visitor = Visitor(app)
    page = visitor.get("/login/forgotten")
    assert "Ask an administrator for a link" in text_of(page)
    assert "Ask an administrator for a link" in text_of(visitor.post("/login/forgotten", {"username": "admin"}))
    assert site.jobs.list(kind="account.reset_mail") == []
    key = site.accounts.reset_link("admin")
    visitor.get(f"/login/password/{key}")
    done = visitor.post(f"/login/password/{key}", {"new": "quite another one", "again": "quite another one"})
    assert done.status_code == 303
    Visitor(app).log_in("admin", "quite another one")


def test_a_link_for_one_purpose_serves_no_other(site: Site, app: Flask) -> None:
    log_in, password = site.accounts.login_link("admin"), site.accounts.reset_link("admin")
    visitor = Visitor(app)
    assert visitor.get(f"/login/password/{log_in}").status_code == 401
    visitor.get(f"/login/link/{password}")
    assert visitor.post(f"/login/link/{password}").status_code == 401
