"""Mail leaves through jobs: once, whatever the server does."""

from __future__ import annotations

import email
import email.policy
import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from fieldstone.workflows.mail import Mail, Mailer, MailError, is_address
from fieldstone.workflows.settings import MailSettings, SmtpSettings, WorkflowSettings
from workflows.certificate import make_certificate

HELLO = Mail(to="anna@example.com", subject="Grüße 商机", text="Text ü", html="<p>HTML ü</p>")


class Mailbox:
    """Takes mail; `answers` are given first, one for each mail."""

    def __init__(self) -> None:
        self.received: list[email.message.EmailMessage] = []
        self.answers: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.received.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        number: int = sock.getsockname()[1]
        return number


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox, port: int) -> Iterator[Controller]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    yield controller
    if controller.loop.is_running():
        controller.stop()
    elif not controller.loop.is_closed():
        controller.loop.close()


def settings(tmp_path: Path, port: int = 0, **smtp: Any) -> WorkflowSettings:
    server = SmtpSettings(**{"host": "127.0.0.1", "port": port, "tls": "none", "timeout": 5, **smtp}) if port else None
    return WorkflowSettings(
        outbox=tmp_path / "outbox", webhook_secret="s", base_url="https://crm.example.com:8443",
        mail=lambda: MailSettings(smtp=server),
    )  # fmt: skip


def enqueue(post: Any, mailer: Mailer, *mails: Mail) -> list[str]:
    return post.database.transact(lambda conn: mailer.enqueue(conn, list(mails)))


def test_without_a_server_mail_is_written_to_the_outbox(post_office: Any, tmp_path: Path) -> None:
    mailer = Mailer(post_office.jobs, settings(tmp_path))
    (message_id,) = enqueue(post_office, mailer, HELLO)
    assert post_office.worker.run_due() == 1
    (file,) = (tmp_path / "outbox").iterdir()
    assert message_id == f"<{file.stem}@crm.example.com>"
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    assert (message["To"], message["Subject"]) == ("anna@example.com", "Grüße 商机")
    assert message["Message-ID"] == message_id
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert (plain.get_content().strip(), html.get_content().strip()) == ("Text ü", "<p>HTML ü</p>")


def test_a_server_that_is_down_costs_patience_and_nothing_else(
    post_office: Any, tmp_path: Path, server: Controller, mailbox: Mailbox, port: int
) -> None:
    mailer = Mailer(post_office.jobs, settings(tmp_path, port))
    ids = enqueue(post_office, mailer, HELLO, Mail(to="bo@example.com", subject="Plain", text="x"))
    began = post_office.clock.now
    while (post_office.clock.now - began).total_seconds() < 3600:
        post_office.worker.run_due()
        waiting = post_office.jobs.list(state="queued")
        assert len(waiting) == 2
        assert "refused" in waiting[0].error.lower()
        post_office.clock.now = min(job.run_at for job in waiting)
    server.start()
    mailbox.answers = ["451 try later", "250 OK"]
    mailbox.answers.pop()
    post_office.try_until_closed()
    assert post_office.jobs.counts() == {"done": 2}
    assert sorted(str(mail["Message-ID"]) for mail in mailbox.received) == sorted(ids)
    assert not (tmp_path / "outbox").exists()


def test_a_mail_the_server_will_never_take_fails_at_once(
    post_office: Any, tmp_path: Path, server: Controller, mailbox: Mailbox, port: int
) -> None:
    server.start()
    mailbox.answers = ["550 no such mailbox"]
    enqueue(post_office, Mailer(post_office.jobs, settings(tmp_path, port)), HELLO)
    assert post_office.try_until_closed() == 1
    (job,) = post_office.jobs.list()
    assert (job.state, "550 no such mailbox" in job.error) == ("failed", True)


def test_a_repeat_after_a_crash_has_the_same_message_id(
    post_office: Any, tmp_path: Path, server: Controller, mailbox: Mailbox, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker dies after the server took the mail and before the job was marked done."""
    server.start()
    enqueue(post_office, Mailer(post_office.jobs, settings(tmp_path, port)), HELLO)
    with monkeypatch.context() as patch:
        patch.setattr("fieldstone.jobs.leases.Leases.finish", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            post_office.worker.run_once()
    post_office.clock.advance(minutes=10)
    assert post_office.worker.run_due() == 1
    first, second = mailbox.received
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_a_rolled_back_transaction_sends_nothing(post_office: Any, tmp_path: Path) -> None:
    mailer = Mailer(post_office.jobs, settings(tmp_path))

    def work(conn: Any) -> None:
        mailer.enqueue(conn, [HELLO])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        post_office.database.transact(work)
    assert post_office.worker.run_due() == 0


@pytest.mark.parametrize(
    "mail",
    [
        Mail(to="a@example.com\r\nBcc: b@example.com", subject="x", text=""),
        Mail(to="a@example.com, b@example.com", subject="x", text=""),
        Mail(to="Anna <a@example.com>", subject="x", text=""),
        Mail(to="nobody", subject="x", text=""),
        Mail(to="a@example.com", subject="x\r\nBcc: b@example.com", text=""),
        Mail(to="a@example.com", subject="x\nX: y", text=""),
    ],
)
def test_header_injection_is_refused(post_office: Any, tmp_path: Path, mail: Mail) -> None:
    mailer = Mailer(post_office.jobs, settings(tmp_path))
    with pytest.raises(MailError):
        enqueue(post_office, mailer, mail)


def test_addresses() -> None:
    assert is_address("王@example.com")
    for text in ("", "a@b@c", "a b@c", "@c", "a@", "a@b,c@d", "a@b\n"):
        assert not is_address(text)


def test_a_private_mail_server_set_in_setup_is_refused(post_office: Any, tmp_path: Path, port: int) -> None:
    enqueue(post_office, Mailer(post_office.jobs, settings(tmp_path, port, by_operator=False)), HELLO)
    assert post_office.try_until_closed() == 1
    (job,) = post_office.jobs.list()
    assert (job.state, "not public" in job.error) == ("failed", True)


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_an_encrypted_line_with_a_password(
    post_office: Any, tmp_path: Path, mailbox: Mailbox, port: int, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = make_certificate(tmp_path)

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"crm", b"hunter2"))

    line = {"ssl_context": server} if tls == "tls" else {"tls_context": server}
    options = {**line, "authenticator": authenticate, "auth_require_tls": tls == "starttls"}
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        mailer = Mailer(post_office.jobs, settings(tmp_path, port, tls=tls, user="crm", password="hunter2"))
        enqueue(post_office, mailer, HELLO)
        post_office.worker.run_once()
        (job,) = post_office.jobs.list()
        assert (job.state, "certificate verify failed" in job.error) == ("queued", True)
        monkeypatch.setattr(ssl, "create_default_context", lambda *_, **__: client)
        post_office.try_until_closed()
    finally:
        controller.stop()
    assert post_office.jobs.counts() == {"done": 1}
    assert len(mailbox.received) == 1


def test_passwords_do_not_reach_a_log() -> None:
    assert not re.search("hunter2", repr(SmtpSettings(host="h", password="hunter2")))
