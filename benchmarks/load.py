"""People at work while something is measured: reads and writes through the API of a real server.

Run as a program it makes requests until its input is closed, and prints one line for each: when it began by the
monotonic clock, seconds, status (0: no answer).
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

THREADS = 4
THINKING = 0.025
"""Seconds between two requests of one thread: 4 threads make up to 100 requests a second."""

_LIST = urlencode({"sort": "-close_date", "limit": 50, "fields": "name,organization,stage,close_date,owner"})


@dataclass(frozen=True)
class Request:
    """`began` by the monotonic clock, which all processes of a machine share; `seconds`; `status`."""

    began: float
    seconds: float
    status: int


@dataclass
class Load:
    """What the running load has met so far."""

    requests: list[Request] = field(default_factory=list)

    def between(self, start: float, end: float) -> Span:
        """Of the requests that were under way at some moment between the two."""
        return Span([one for one in list(self.requests) if one.began < end and one.began + one.seconds > start])


@dataclass(frozen=True)
class Span:
    requests: Sequence[Request]

    @property
    def failed(self) -> int:
        return sum(not 200 <= one.status < 300 for one in self.requests)

    @property
    def longest(self) -> float:
        """Milliseconds."""
        return max((one.seconds * 1000 for one in self.requests), default=0.0)

    @property
    def p95(self) -> float:
        """Milliseconds."""
        ordered = sorted(one.seconds * 1000 for one in self.requests)
        return ordered[int(len(ordered) * 0.95)] if ordered else 0.0


@contextlib.contextmanager
def serving(site: Path) -> Iterator[str]:
    """A server of the site in a process of its own, without a worker; gives its address."""
    words = (sys.executable, "-m", "fieldstone.cli", "--site", str(site), "serve", "--port", "0", "--no-worker")
    quiet = {**os.environ, "FIELDSTONE_LOG": "ERROR"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=quiet) as server:
        assert server.stdout
        try:
            yield next(line.split()[-1] for line in server.stdout if line.startswith("Fieldstone is at "))
        finally:
            server.terminate()


@contextlib.contextmanager
def running_load(url: str, token: str, records: int) -> Iterator[Load]:
    """The load in a process of its own, so that what is measured does not slow down the clock."""
    words = (sys.executable, "-m", "benchmarks.load", url, token, str(records))
    load = Load()
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin

        def read() -> None:
            assert process.stdout
            for line in process.stdout:
                began, seconds, status = line.split()
                load.requests.append(Request(float(began), float(seconds), int(status)))

        reader = threading.Thread(target=read)
        reader.start()
        try:
            yield load
        finally:
            process.stdin.close()
            reader.join()


def _work(url: str, token: str, ids: Iterator[int], stop: threading.Event) -> None:
    """Reads, lists and writes, one after the other; each thread has records of its own."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    version = 1

    def call(method: str, path: str, values: dict[str, object] | None = None) -> dict[str, object]:
        began, status, answer = time.monotonic(), 0, b"{}"
        try:
            connection.request(method, f"/api/v1{path}", json.dumps(values) if values else None, headers)
            response = connection.getresponse()
            status, answer = response.status, response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
        seconds = time.monotonic() - began
        os.write(sys.stdout.fileno(), f"{began:.6f} {seconds:.6f} {status}\n".encode())  # at once: threads share it
        if not 200 <= status < 300:
            print(method, path, status, answer[:300], file=sys.stderr, flush=True)
        stop.wait(THINKING)
        found: dict[str, object] = json.loads(answer or b"{}")
        return found

    while not stop.is_set():
        record = next(ids)
        call("GET", f"/m/opportunity?{_LIST}")
        version = int(str(call("GET", f"/m/opportunity/{record}").get("version", version)))
        call("PATCH", f"/m/opportunity/{record}", {"next_step": f"Call {record}", "base_version": version})
    connection.close()


def _main(url: str, token: str, records: int) -> None:
    stop = threading.Event()
    works = []
    for number in range(THREADS):
        ids = itertools.cycle(range(1 + number, records + 1, THREADS * 97))
        works.append(threading.Thread(target=_work, args=(url, token, ids, stop)))
    for work in works:
        work.start()
    sys.stdin.read()
    stop.set()
    for work in works:
        work.join()


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
