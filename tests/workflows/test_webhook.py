"""Webhooks reach public addresses only, signed, bounded, until the receiver takes them."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldstone.jobs.errors import PermanentJobError
from fieldstone.workflows import http_post
from fieldstone.workflows.destinations import connect, is_inside
from fieldstone.workflows.http_post import UrlError, parse_url
from fieldstone.workflows.settings import WorkflowSettings
from fieldstone.workflows.webhook import Webhooks
from workflows.certificate import make_certificate


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what is posted; answers `answers` first, then 204."""

    daemon_threads = True

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?x=1"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.calls.append(({**self.headers, "path": self.path}, body))
        status, headers = server.answers.pop(0) if server.answers else (204, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def webhooks(post: Any, *allowed: str) -> Webhooks:
    settings = WorkflowSettings(outbox=Path("unused"), webhook_secret="secret", allowed_hosts=frozenset(allowed))
    return Webhooks(post.jobs, settings)


def enqueue(post: Any, hooks: Webhooks, url: str, *bodies: dict[str, Any]) -> list[str]:
    return post.database.transact(lambda conn: hooks.enqueue(conn, url, list(bodies)))


def test_a_call_is_signed_and_carries_its_event(post_office: Any, receiver: Receiver) -> None:
    (event,) = enqueue(post_office, webhooks(post_office, "127.0.0.1"), receiver.url, {"name": "商机"})
    assert post_office.try_until_closed() == 1
    ((headers, body),) = receiver.calls
    assert json.loads(body) == {"event": event, "name": "商机"}
    assert headers["path"] == "/hook?x=1"
    assert headers["Fieldstone-Event"] == event
    time, signature = (part.partition("=")[2] for part in headers["Fieldstone-Signature"].split(","))
    assert int(time) == post_office.clock().timestamp()
    assert hmac.new(b"secret", time.encode() + b"." + body, hashlib.sha256).hexdigest() == signature


def test_a_failing_receiver_gets_the_same_event_again(post_office: Any, receiver: Receiver) -> None:
    receiver.answers = [(500, {}), (404, {}), (429, {})]
    enqueue(post_office, webhooks(post_office, "127.0.0.1"), receiver.url, {"n": 1}, {"n": 2})
    assert post_office.try_until_closed() == 5
    assert post_office.jobs.counts() == {"done": 2}
    assert len({headers["Fieldstone-Event"] for headers, _ in receiver.calls}) == 2
    assert len(receiver.calls) == 5


@pytest.mark.parametrize(("status", "headers"), [(302, {"Location": "http://169.254.169.254/"}), (307, {}), (410, {})])
def test_redirects_are_not_followed(post_office: Any, receiver: Receiver, status: int, headers: dict[str, str]) -> None:
    receiver.answers = [(status, headers)]
    enqueue(post_office, webhooks(post_office, "127.0.0.1"), receiver.url, {})
    assert post_office.try_until_closed() == 1
    (job,) = post_office.jobs.list()
    assert (job.state, str(status) in job.error) == ("failed", True)


def test_a_refused_call_is_not_tried_again(post_office: Any, receiver: Receiver) -> None:
    enqueue(post_office, webhooks(post_office), receiver.url, {})
    assert post_office.try_until_closed() == 1
    (job,) = post_office.jobs.list()
    assert (job.state, "127.0.0.1" in job.error, receiver.calls) == ("failed", True, [])


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [_found("93.184.216.34"), _found("10.0.0.1")])
    with pytest.raises(PermanentJobError):
        connect("rebinding.example.com", 80, allowed=(), timeout=1)


def test_a_name_is_resolved_once_and_that_address_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the second answer would be another one."""
    answers = [[_found("93.184.216.34")], [_found("127.0.0.1")]]
    used = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers.pop(0))
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: used.append(address))
    connect("rebinding.example.com", 80, allowed=(), timeout=1).close()
    assert used == [("93.184.216.34", 80)]


def _found(address: str) -> Any:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))


def test_public_addresses_are_public() -> None:
    for text in ("93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"):
        assert not is_inside(ipaddress.ip_address(text))


def test_a_receiver_that_drips_is_cut_off(post_office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_post, "SECONDS_IN_ALL", 0.2)
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        conn, _ = listener.accept()
        with conn:
            conn.sendall(b"HTTP/1.1 200 OK\r\n")
            while not over.wait(0.01):
                try:
                    conn.sendall(b"a")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    hooks = webhooks(post_office, "127.0.0.1")
    enqueue(post_office, hooks, f"http://127.0.0.1:{listener.getsockname()[1]}/", {})
    post_office.worker.run_once()
    over.set()
    thread.join()
    listener.close()
    (job,) = post_office.jobs.list()
    assert job.state == "queued"
    assert job.error


def test_https_proves_the_name(
    post_office: Any, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = make_certificate(tmp_path)
    receiver.socket = server.wrap_socket(receiver.socket, server_side=True)
    enqueue(post_office, webhooks(post_office, "127.0.0.1"), receiver.url.replace("http:", "https:"), {"n": 1})
    post_office.worker.run_once()
    (job,) = post_office.jobs.list()
    assert (job.state, "certificate verify failed" in job.error) == ("queued", True)
    monkeypatch.setattr(ssl, "create_default_context", lambda: client)
    post_office.try_until_closed()
    assert post_office.jobs.counts() == {"done": 1}
    assert len(receiver.calls) == 1


def test_an_unknown_host_is_tried_again(post_office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    enqueue(post_office, webhooks(post_office), "https://nowhere.example.com/", {})
    post_office.worker.run_once()
    (job,) = post_office.jobs.list()
    assert (job.state, "nowhere.example.com" in job.error) == ("queued", True)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "http://user:secret@example.com/",
        "http://example.com@127.0.0.1/",
        "http:///path",
        "//example.com/",
        "http://exa mple.com/",
        "http://example.com/\r\nX: y",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://[::1/",
        "http://example.com\\@127.0.0.1/",
        "http://exämple.com/",
        "",
    ],
)
def test_bad_urls(post_office: Any, url: str) -> None:
    with pytest.raises(UrlError):
        parse_url(url)
    with pytest.raises(UrlError):
        enqueue(post_office, webhooks(post_office), url, {})


def test_a_message_too_large_fails_at_once(post_office: Any) -> None:
    enqueue(post_office, webhooks(post_office), "https://example.com/", {"text": "x" * 1_000_001})
    assert post_office.try_until_closed() == 1
    assert post_office.jobs.counts() == {"failed": 1}
