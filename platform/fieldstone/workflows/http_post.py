"""One HTTP POST to a public address, bounded in time and size."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import SplitResult, urlsplit

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.workflows.destinations import connect

declare("workflow.E113", "{url} is not a web address: {reason}", "Write https://host/path, without a password in it.")

SECONDS_PER_STEP = 10.0
SECONDS_IN_ALL = 30.0
ANSWER_LIMIT = 64_000


class UrlError(InvalidInputError):
    """A URL that cannot be posted to."""


def parse_url(url: str) -> SplitResult:
    """Raises UrlError workflow.E113."""

    def refuse(reason: str) -> UrlError:
        return UrlError("workflow.E113", url=repr(url)[:200], reason=reason)

    if any(ord(char) <= 32 or ord(char) > 126 for char in url):
        raise refuse("it contains blanks, control or non-ASCII characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise refuse(f"{error}.") from error
    if parts.scheme not in ("http", "https"):
        raise refuse("it does not start with http:// or https://.")
    if not parts.hostname or port == 0 or "\\" in url:
        raise refuse("it has no host that can be used.")
    if parts.username is not None or parts.password is not None:
        raise refuse("it contains a user name.")
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str], *, allowed: Collection[str]) -> int:
    """Post once and return the status. Takes no longer than SECONDS_IN_ALL, follows nothing.

    Raises PermanentJobError for an address that is not public, OSError or HTTPException when it fails.
    """
    parts = parse_url(url)
    connection = _connection(parts, allowed)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _deadline(connection):
            connection.request("POST", target, body=body, headers=dict(headers))
            answer = connection.getresponse()
            answer.read(ANSWER_LIMIT)
            return answer.status
    finally:
        connection.close()


def _connection(parts: SplitResult, allowed: Collection[str]) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return _CheckedHttps(host, parts.port or 443, allowed)
    return _CheckedHttp(host, parts.port or 80, allowed)


class _CheckedHttp(http.client.HTTPConnection):
    """Connects to a checked address only; keeps a second handle by which a hanging call is cut off."""

    handle: socket.socket | None = None

    def __init__(self, host: str, port: int, allowed: Collection[str]) -> None:
        super().__init__(host, port, timeout=SECONDS_PER_STEP)
        self._allowed = allowed

    def connect(self) -> None:
        self.sock = connect(self.host, self.port, allowed=self._allowed, timeout=SECONDS_PER_STEP)
        self.handle = self.sock.dup()


class _CheckedHttps(_CheckedHttp):
    """The same with TLS, which proves the name."""

    default_port = 443

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


@contextmanager
def _deadline(connection: http.client.HTTPConnection) -> Iterator[None]:
    """Cut the connection off after SECONDS_IN_ALL, however slowly the other side drips. Raises TimeoutError."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        handle: socket.socket | None = getattr(connection, "handle", None)
        if handle is not None:
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(SECONDS_IN_ALL, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
        if late.is_set():  # what was read until then looks like a short answer
            raise TimeoutError(f"the receiver took longer than {SECONDS_IN_ALL:.0f} seconds")
    finally:
        timer.cancel()
        timer.join()
        handle: socket.socket | None = getattr(connection, "handle", None)
        if handle is not None:
            handle.close()
