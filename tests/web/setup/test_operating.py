"""An administrator's operating day: mail with a test, backups, how long things are kept."""

from __future__ import annotations

import socket
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.tables import fs_job
from fieldstone.kernel.errors import ConflictError, ForbiddenError
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.backup.restore import restore_site
from fieldstone.runtime.site import Site
from fieldstone.storage.chosen import read_chosen
from fieldstone.web import create_app
from web.visitor import Visitor, text_of

_PLAIN = {"tls": "none", "sender": "王 CRM", "address": "crm@example.com", "reply_to": "", "user": "", "password": ""}


class _Office:
    """A mail server that says what it is told to."""

    def __init__(self) -> None:
        self.subjects: list[bytes] = []
        self.logged_in: list[tuple[bytes, bytes]] = []
        self.answers: dict[str, str] = {}

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.logged_in.append((data.login, data.password))
        return AuthResult(success=data.password == b"hunter2", handled=False)

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if "DATA" not in self.answers:
            self.subjects.append(envelope.content)
        return self.answers.get("DATA", "250 OK")


@pytest.fixture
def office() -> Iterator[tuple[_Office, int]]:
    office = _Office()
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    controller = Controller(
        office, hostname="127.0.0.1", port=port, authenticator=office.authenticate, auth_require_tls=False
    )
    controller.start()
    yield office, port
    controller.stop()


def test_mail_is_set_up_and_tried(
    new_site: Callable[[str], Site], office: tuple[_Office, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, port = office
    monkeypatch.setenv("FIELDSTONE_WEBHOOKS_ALLOWED_HOSTS", "127.0.0.1")
    site = new_site("sqlite")
    site.accounts.update_user(site.accounts.get_user_id("admin"), email="boss@example.com")
    site.accounts.add_user("keeper", roles=["administrator"], password="another long password")
    admin, keeper = Visitor(create_app(site)), Visitor(create_app(site))
    admin.log_in()
    keeper.log_in("keeper", "another long password")

    def save(**values: Any) -> str:
        answer = admin.post("/setup/mail/", {"host": "127.0.0.1", "port": str(port), **_PLAIN, **values})
        return text_of(admin.get("/setup/mail/")) if answer.status_code == 303 else text_of(answer)

    def tried() -> str:
        return text_of(admin.post("/setup/mail/test"))

    assert "written to the folder outbox" in tried()
    assert len(list((site.folder / "outbox").iterdir())) == 1

    # What is wrong is said at its place; nothing is kept.
    for wrong in ({"host": "http://x y"}, {"address": "nobody"}, {"port": "0"}, {"sender": "a\x07b"}, {"tls": "odd"}):
        refused = admin.post("/setup/mail/", {"host": "mail.example.com", "port": "25", **_PLAIN, **wrong})
        assert refused.status_code == 422, wrong
        assert site.chosen.now().source("mail.host") == "default"

    assert "Saved" in save(user="crm", password="hunter2")
    with site.database.read() as conn:
        assert "hunter2" not in str(read_chosen(conn))
    assert "hunter2" not in admin.get("/setup/mail/").text + admin.get("/setup/settings/").text
    assert "has taken the mail to boss@example.com" in tried()
    assert server.logged_in == [(b"crm", b"hunter2")]
    assert len(server.subjects) == 1

    # Each way to fail, in words and with the server's own.
    server.answers = {"MAIL": "553 not your address"}
    assert "does not accept the sender" in (said := tried())
    assert "553 not your address" in said
    server.answers = {"RCPT": "550 no relay"}
    assert "does not take mail for boss@example.com" in (said := tried())
    assert "550 no relay" in said
    server.answers = {"DATA": "554 spam"}
    assert "554 spam" in tried()
    server.answers = {}
    assert "Nothing has changed" in save(user="crm")  # an empty field keeps the password
    save(user="crm", password="wrong")
    assert "does not accept the user crm" in tried()

    # A password is sent to no other server than it was written for.
    assert "write the password again" in save(user="crm", host="localhost")
    assert site.chosen.now()["mail.host"] == "127.0.0.1"
    save(user="crm", host="localhost", password="hunter2")
    assert "has an address inside" in tried()
    save(tls="starttls")
    assert site.chosen.now()["mail.password"] == ""
    assert "offers no STARTTLS" in tried()
    save(tls="tls")
    assert "does not speak TLS" in tried()
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        save(port=str(sock.getsockname()[1]))
        assert "nobody takes the call" in tried()
    assert len(server.logged_in) == 6

    # Only administrators decide where everybody's mail goes; what the machine says, nobody here changes.
    assert "Only administrators change this" in text_of(keeper.get("/setup/mail/"))
    keeper.post("/setup/mail/", {"host": "evil.example.com", "port": "25", **_PLAIN})
    keeper.post("/setup/mail/test")
    with pytest.raises(ForbiddenError):
        site.chosen.choose({"mail.host": "evil.example.com"}, site.accounts.actor(site.accounts.get_user_id("keeper")))
    assert site.chosen.now()["mail.host"] == "127.0.0.1"
    monkeypatch.setattr(site.settings, "_values", {"mail.password": "the operator's"})
    assert site.chosen.now()["mail.host"] == "", "a password of the machine goes to no server of Setup"
    page = admin.get("/setup/mail/")
    assert "set on the machine" in text_of(page)
    assert 'name="host"' not in page.text
    assert "the operator" not in page.text
    with pytest.raises(ConflictError):
        site.chosen.choose({"mail.host": "x"}, site.accounts.operator())
    log = text_of(admin.get("/setup/audit/"))
    assert "Settings of the site changed" in log
    assert "mail_refused" in log
    assert "hunter2" not in log


def test_backups_are_made_taken_away_and_made_at_night(
    new_site: Callable[[str], Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = new_site("sqlite")
    site.accounts.add_user("keeper", roles=["administrator"], password="another long password")
    admin, keeper = Visitor(create_app(site)), Visitor(create_app(site))
    admin.log_in()
    keeper.log_in("keeper", "another long password")
    assert "There is no backup yet" in text_of(admin.get("/setup/backups/"))
    admin.post("/setup/backups/make")
    admin.post("/setup/backups/make")
    assert "Waiting" in text_of(admin.get("/setup/backups/")), "two who ask get one"
    assert site.worker().run_due() == 1
    (kept,) = site.backups.all()
    assert kept.manifest is not None
    assert kept.manifest.origin.made_by == site.accounts.list_users()[0].label
    assert (site.backups.folder / kept.name).stat().st_mode & 0o777 == 0o600
    page = admin.get("/setup/backups/")
    assert "Read back" in text_of(page)
    url = f"/setup/backups/{kept.name}"
    taken = admin.post(f"{url}/download")
    assert taken.headers["Cache-Control"] == "no-store"
    assert kept.name in taken.headers["Content-Disposition"]
    assert "manifest.json" in zipfile.ZipFile(BytesIO(taken.data)).namelist()
    (tmp_path / "taken.zip").write_bytes(taken.data)
    assert restore_site(tmp_path / "taken.zip", tmp_path / "restored").manifest.rows == kept.manifest.rows
    assert keeper.post(f"{url}/download").status_code == 403
    assert keeper.post(f"{url}/remove").status_code == 403
    assert admin.get(f"{url}/download").status_code == 405
    assert admin.post("/setup/backups/secret.key/download").status_code == 404

    # A cancelled one leaves nothing; a damaged one is said to be.
    admin.post("/setup/backups/make")
    job = site.jobs.list(kind="site.backup", limit=1)[0].id
    noticed = JobContext.cancelled

    def cancelled(context: JobContext) -> bool:
        if not context.saw_cancel:
            site.jobs.cancel(context.job.id)
        context._looked_at = None
        return noticed(context)

    monkeypatch.setattr(JobContext, "cancelled", cancelled)
    site.worker().run_due()
    monkeypatch.undo()
    assert site.jobs.get(job).state == "cancelled"
    assert [each.name for each in site.backups.folder.iterdir()] == [kept.name]
    (site.backups.folder / "fieldstone-20200101-000000.zip").write_bytes(b"PK")
    assert "Damaged" in text_of(admin.get("/setup/backups/"))

    # Each night, and the oldest goes.
    assert admin.post("/setup/backups/", {"nightly": "25:00", "keep": "1"}).status_code == 422
    admin.post("/setup/backups/", {"nightly": "02:30", "keep": "1"})
    (nightly,) = site.backups.recurring()
    assert nightly.cron == "30 2 * * *"
    later = site.clock() + timedelta(days=1)
    monkeypatch.setattr(site.jobs, "clock", lambda: later)
    site.database.transact(lambda conn: site.jobs.enqueue(conn, nightly.kind, {}))
    site.worker().run_due()
    (newest,) = site.backups.all()
    assert newest.name > kept.name
    admin.post(f"/setup/backups/{newest.name}/remove")
    assert site.backups.all() == []
    log = text_of(admin.get("/setup/audit/?action=backup."))
    for words in ("Backup ordered", "Backup downloaded", "Backup removed"):
        assert words in log


@pytest.mark.parametrize("dialect", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_what_grows_goes_after_its_time(
    dialect: str, new_site: Callable[[str], Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = new_site(dialect)
    admin = Visitor(create_app(site))
    admin.log_in()
    actor = site.accounts.operator()
    saved = site.records.save(
        actor, [RecordChange(module="organization", values={"name": name}) for name in ("Acme", "Held", "New")]
    )
    acme, held, new = (record.id for record in saved.records)
    contact = RecordChange(module="contact", values={"name": "Bo", "organization": held})
    site.records.save(actor, [contact])
    job = site.database.transact(lambda conn: site.jobs.enqueue(conn, "workflow.tidy", {}))
    site.worker().run_due()
    table = site.models.current.tables.module("organization").table
    past = site.clock() - timedelta(days=20)

    def age(conn: sa.Connection) -> None:
        conn.execute(sa.update(fs_job).where(fs_job.c.id == job).values(finished_at=site.clock() - timedelta(days=10)))
        conn.execute(sa.update(table).where(table.c.id.in_((acme, held))).values(deleted_at=past))

    site.records.delete(actor, "organization", [acme, new])
    site.database.transact(age)  # `held` lies in the bin although a contact refers to it

    def row(page: str, label: str) -> str:
        return page.partition(label)[2][:160]

    assert "Now there" in (page := text_of(admin.get("/setup/retention/")))
    assert " 1 0 " in row(page, "Finished jobs")
    fields = {"keep.jobs_days": "7", "keep.recycle_bin_days": "15"}
    looked = text_of(admin.post("/setup/retention/", {**fields, "act": "look"}))
    assert " 1 1 " in row(looked, "Finished jobs")
    assert " 3 2 " in row(looked, "Recycle bin")
    assert "Nothing is saved yet" in looked
    assert site.chosen.now()["keep.jobs_days"] == 14
    assert admin.post("/setup/retention/", {"audit_log_days": "3", "act": "save"}).status_code == 422
    admin.post("/setup/retention/", {**fields, "act": "save"})
    assert site.chosen.now()["keep.jobs_days"] == 7

    def order(conn: sa.Connection) -> None:
        for kind in ("workflow.tidy", "records.empty_bin"):
            site.jobs.enqueue(conn, kind, {})

    site.database.transact(order)
    site.worker().run_due()
    assert site.jobs.find(job) is None
    with site.database.read() as conn:
        left = set(conn.scalars(sa.select(table.c.id).where(table.c.deleted_at.is_not(None))))
    assert left == {held, new}, "what a live record refers to stays, and what is not old"
    assert "Settings of the site changed" in text_of(admin.get("/setup/audit/"))
