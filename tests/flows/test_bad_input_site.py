"""A site that cannot be used as it is: each command says why and what to do, and changes nothing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from fieldstone.runtime.settings import load_settings
from fieldstone.storage.database import Database
from flows.command import Answer, Command
from flows.site_dump import dump_site

ROWS = Path("rows.csv")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("plan",),
    ("publish",),
    ("revisions",),
    ("import", "product", str(ROWS)),
    ("imports", "list"),
    ("imports", "resume", "1"),
    ("export", "product"),
    ("user", "list"),
    ("token", "add", "boss"),
    ("jobs",),
    ("worker", "--once"),
)
"""One of each that needs a site."""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ROWS.write_text("name\nHammer\n")
    Path("numbers.csv").write_text("number\n7\n")


def refused(command: Command, words: Sequence[str | Path], *says: str, exit_code: int = 1) -> Answer:
    """A message with a remedy, and no fault of ours."""
    answer = command(*words, exit_code=exit_code)
    for text in says:
        assert text in answer.errors
    assert "The fault is ours" not in answer.errors
    assert "Traceback" not in answer.errors
    assert len(answer.errors.strip().splitlines()) >= 2, answer.errors  # the second line is the remedy
    return answer


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "site"
    Command(folder)("init", "--admin", "boss", "--password-stdin", stdin="a long enough password\n")
    return folder


@pytest.fixture
def stored(template: Path, tmp_path: Path) -> Command:
    """A site on SQLite, for what is the same on both databases."""
    shutil.copytree(template, tmp_path / "site")
    return Command(tmp_path / "site")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_site(tmp_path: Path, words: Sequence[str]) -> None:
    refused(Command(tmp_path / "nowhere"), words, "There is no site in", "fieldstone init")
    assert not (tmp_path / "nowhere").exists()


def test_a_database_newer_than_the_code(command: Command) -> None:
    database = Database.open(load_settings(command.site).database_url)
    database.transact(lambda conn: conn.execute(sa.text("UPDATE fs_state SET value = '99' WHERE key = 'schema'")))
    database.close()
    before = dump_site(command.site)
    for words in (*COMMANDS, ("check",), ("serve", "--port", "0")):
        refused(command, words, "newer Fieldstone", "99", "Install that version")
    assert dump_site(command.site) == before


@pytest.mark.parametrize("words", [("revisions",), ("serve", "--port", "0")], ids=" ".join)
@pytest.mark.parametrize("key", ["", "nonsense\n", "ab" * 31, "\N{SNOWMAN}" * 40])
def test_a_damaged_key(stored: Command, key: str, words: Sequence[str]) -> None:
    before = dump_site(stored.site)
    (stored.site / "secret.key").write_text(key, "utf-8")
    refused(stored, words, "secret.key is missing or damaged", "backup")
    assert dump_site(stored.site) == before


def test_a_key_that_others_can_read(stored: Command) -> None:
    (stored.site / "secret.key").chmod(0o644)
    refused(stored, ["revisions"], "Others can read", "chmod 600")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"databse: x\n", "databse"),
        (b"mail: {port: many}\n", "mail.port"),
        (b"mail: [\n", "not valid YAML"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"database: 7\n", "database"),
    ],
)
def test_settings_with_mistakes(stored: Command, text: bytes, says: str) -> None:
    (stored.site / "fieldstone.yaml").write_bytes(text)
    refused(stored, ["revisions"], "fieldstone.yaml", says)


URLS = {
    "mysql://crm@localhost/crm": "only SQLite and PostgreSQL",
    "nonsense": "not a URL",
    "postgresql://localhost:many/crm": "not a URL",
    "sqlite://": "a file is needed",
    "sqlite:////nowhere/at/all/site.db": "cannot be written",
    "postgresql://crm@127.0.0.1:1/crm": "cannot be reached",
    "postgresql://crm:a+secret@127.0.0.1:1/crm": "cannot be reached",
    "postgresql:///crm?host=/nowhere/at/all": "cannot be reached",
    "postgresql://crm@127.0.0.1:1/crm?colour=green": "colour",
}


@pytest.mark.parametrize("url", URLS)
def test_a_database_that_cannot_be_used(tmp_path: Path, url: str) -> None:
    command = Command(tmp_path / "site")
    words = ["init", "--password-stdin", "--database", url]
    answer = command(*words, stdin="a long enough password\n", exit_code=1)
    assert URLS[url] in answer.errors
    assert "The fault is ours" not in answer.errors
    assert "secret" not in answer.errors
    assert len(answer.errors.strip().splitlines()) >= 2
    # The folder is not spoilt: with a URL that works, the same command makes the site.
    (command.site / "fieldstone.yaml").unlink(missing_ok=True)
    command("init", "--password-stdin", stdin="a long enough password\n")


@pytest.mark.parametrize("url", URLS)
def test_a_database_that_cannot_be_used_any_more(stored: Command, url: str) -> None:
    settings = stored.site / "fieldstone.yaml"
    settings.write_text(f"database: '{url}'\n")
    settings.chmod(0o600)
    refused(stored, ["revisions"])


def test_a_database_file_that_is_gone(stored: Command) -> None:
    for path in stored.site.glob("site.db*"):
        path.unlink()
    refused(stored, ["revisions"], "is missing", "backup")
    assert not (stored.site / "site.db").exists()


def test_a_database_file_that_is_none(stored: Command) -> None:
    for path in stored.site.glob("site.db*"):
        path.unlink()
    (stored.site / "site.db").write_bytes(b"not a database at all" * 100)
    refused(stored, ["revisions"], "not a database")
    assert (stored.site / "site.db").read_bytes() == b"not a database at all" * 100


def test_an_empty_database_file(stored: Command) -> None:
    for path in stored.site.glob("site.db*"):
        path.unlink()
    (stored.site / "site.db").touch()
    refused(stored, ["revisions"], "no Fieldstone site in it")


def test_two_sites_on_one_database(command: Command, tmp_path: Path) -> None:
    url = load_settings(command.site).database_url
    before = dump_site(command.site)
    other = Command(tmp_path / "other")
    refused(other, ["init", "--database", url], "holds a site already")
    assert dump_site(command.site) == before


def test_a_second_init(stored: Command) -> None:
    before = dump_site(stored.site)
    refused(stored, ["init"], "There is a site in")
    assert dump_site(stored.site) == before


@pytest.mark.parametrize("words", [("init",), ("serve", "--port", "0"), ("revisions",)], ids=" ".join)
def test_a_file_where_the_folder_should_be(tmp_path: Path, words: Sequence[str]) -> None:
    (tmp_path / "site").write_text("a file")
    refused(Command(tmp_path / "site"), words, str(tmp_path / "site"))
    assert (tmp_path / "site").read_text() == "a file"


def _as_nobody(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command in a process without the right to write here."""
    lowered = []
    if os.geteuid() == 0:
        lowered = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--inh-caps=-all"]
    code = "import sys; from fieldstone.cli import main; sys.argv[0] = 'fieldstone'; main()"
    return subprocess.run(
        [*lowered, sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": "/"},
        check=False,
    )


def _open_way(tmp_path: Path) -> Path:
    """A folder that every account may enter, unlike pytest's own."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    return tmp_path


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can lower its rights")
def test_a_site_of_another_account(stored: Command, tmp_path: Path) -> None:
    _open_way(tmp_path)
    stored.site.chmod(0o755)
    before = dump_site(stored.site)
    for words in (["revisions"], ["serve", "--port", "0"]):
        done = _as_nobody("--site", stored.site, *words)
        assert done.returncode == 1, done.stderr
        assert "cannot be written" in done.stderr
        assert "Give this account the right" in done.stderr
    stored.site.chmod(0o700)
    for words in (["revisions"], ["init"]):
        done = _as_nobody("--site", stored.site, *words)
        assert done.returncode == 1, done.stderr
        assert "Give this account the right" in done.stderr, done.stderr
    done = _as_nobody("--site", tmp_path / "new", "init")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr, done.stderr
    assert dump_site(stored.site) == before


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can lower its rights")
def test_a_port_for_the_system(stored: Command, tmp_path: Path) -> None:
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 81:
        pytest.skip("every account may listen on any port here")
    done = _as_nobody("--site", _open_way(tmp_path) / "site", "serve", "--port", "81")
    assert done.returncode == 2, done.stderr
    assert "Port 81 cannot be used" in done.stderr
    assert "above 1023" in done.stderr


def test_a_port_in_use(stored: Command, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused(stored, ["serve", "--port", str(port)], f"Port {port} is in use", f"--port {port + 1}")
        refused(Command(tmp_path / "new"), ["serve", "--port", str(port)], f"Port {port} is in use")
    assert not (tmp_path / "new").exists(), "a first run that cannot listen makes no site"


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host", "::1x"])
def test_an_address_that_is_not_ours(stored: Command, host: str) -> None:
    refused(stored, ["serve", "--host", host, "--port", "8000"], host, exit_code=2)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["serve", "--port", "99999"], "65535"),
        (["serve", "--prot", "8000"], "--port"),
        (["export", "product", "--format", "pdf"], "csv"),
        (["import", "product", "nowhere.csv"], "nowhere.csv"),
        (["import", "product", "rows.csv", "--on-duplicate", "guess"], "merge"),
        (["import", "product", "rows.csv", "--map", "name"], "COLUMN=FIELD"),
        (["import", "product", "rows.csv", "--value", "name=x"], "FIELD:FROM=TO"),
        (["import", "product", "rows.csv", "--mapping", "rows.csv"], "JSON"),
        (["publish", ".", "--plan", "rows.csv"], "one of them"),
        (["publish", "--plan", "rows.csv"], "fieldstone plan"),
        (["plan", "rows.csv"], "rows.csv"),
        (["imports", "show", "seven"], "seven"),
        (["jobs", "--state", "asleep"], "asleep"),
        (["frobnicate"], "frobnicate"),
    ],
    ids=" ".join,
)
def test_wrong_usage(stored: Command, words: list[str], says: str) -> None:
    before = dump_site(stored.site)
    answer = stored(*words, exit_code=2)
    assert says in answer.errors
    assert dump_site(stored.site) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["import", "opportunty", "rows.csv"], "opportunty"),
        (["export", "opportunty"], "opportunty"),
        (["export", "product", "--where", "nmae == 'x'"], "nmae"),
        (["export", "product", "--where", "name =="], "expression:7:"),
        (["export", "product", "--fields", "name,nmae"], "nmae"),
        (["export", "product", "--sort", "nmae"], "nmae"),
        (["export", "product", "--out", "nowhere/at/all.csv"], "nowhere"),
        (["import", "product", "rows.csv", "--key", "nmae"], "nmae"),
        (["import", "product", "rows.csv", "--map", "name=nmae"], "nmae"),
        (["import", "product", "rows.csv", "--map", "nmae=name"], "nmae"),
        (["import", "product", "rows.csv", "--map", "name="], "No column"),
        (["import", "product", "rows.csv", "--map", "name=version"], "version"),
        (["import", "product", "rows.csv", "--value", "nmae:x=y"], "nmae"),
        (["imports", "show", "7"], "import 7"),
        (["imports", "resume", "7"], "import 7"),
        (["imports", "undo", "7"], "import 7"),
        (["token", "add", "nobody"], "nobody"),
        (["token", "add", "boss", "--expires", "soon"], "soon"),
        (["token", "add", "boss", "--scope", "everything"], "everything"),
        (["user", "password", "nobody"], "nobody"),
        (["user", "add", "boss"], "boss"),
        (["user", "add", "anna", "--role", "queen"], "queen"),
        (["user", "import", "numbers.csv"], "numbers.csv"),
        (["user", "import", "rows.csv", "--map", "name"], "name"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_the_site_does_not_know(stored: Command, words: list[str], says: str) -> None:
    before = dump_site(stored.site)
    result = stored(*words, exit_code=None)
    assert result.exit_code in (1, 2), result
    assert says in result.errors
    assert "The fault is ours" not in result.errors
    assert len(result.errors.strip().splitlines()) >= 2, result.errors
    assert dump_site(stored.site) == before


def test_a_password_that_is_too_short(stored: Command, tmp_path: Path) -> None:
    before = dump_site(stored.site)
    answer = stored("user", "add", "anna", "--password-stdin", stdin="short\n", exit_code=1)
    assert "8" in answer.errors
    assert dump_site(stored.site) == before
    new = Command(tmp_path / "new")
    new("init", "--password-stdin", stdin="short\n", exit_code=1)
    new("init", "--password-stdin", stdin="a long enough password\n")
