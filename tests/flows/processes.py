"""The `fieldstone` command in a process of its own, to be killed or served from."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.forking import Forked

PATIENCE = 60.0
"""Seconds after which a process that should have done something is taken for stuck; a machine may be busy."""


@contextmanager
def running(*words: str | Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """The command, started; killed when the block is left, if it still runs."""
    process = Forked(
        list(map(str, words)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        if process.stdout is not None and not process.stdout.closed:
            process.communicate()


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Returns as soon as it holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.005)


def address_of(process: subprocess.Popen[str], seen: list[str] | None = None) -> str:
    """Where a server that has been started listens, once it does. `seen` gets the lines it has written so far."""
    assert process.stdout is not None
    for line in process.stdout:
        if seen is not None:
            seen.append(line)
        if line.startswith("Fieldstone is at "):
            return line.split()[-1]
    assert process.stderr is not None
    raise AssertionError(f"the server did not start:\n{process.stderr.read()}")
