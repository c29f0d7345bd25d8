"""`fieldstone serve` as people run it: real processes, real requests, real signals."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from flows.command import Command
from flows.processes import address_of, running, wait_until


class Browser:
    """Follows redirects and keeps cookies, as a person's does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, final address, text."""
        return self._send(urllib.request.Request(self.url + path))

    def press(self, path: str) -> tuple[int, str, str]:
        """Send the form of a page with no more than what is in it."""
        _, _, page = self.get(path)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None, page
        data = urllib.parse.urlencode({"csrf_token": found[1]}).encode()
        return self._send(urllib.request.Request(self.url + path, data=data, headers={"Referer": self.url + path}))

    def _send(self, request: urllib.request.Request) -> tuple[int, str, str]:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.url or "", error.read().decode()


def api(url: str, token: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/api/v1{path}", data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def stop(process: subprocess.Popen[str]) -> tuple[str, str]:
    """SIGTERM, and the rest of what it wrote. It must end by itself and well."""
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, f"{process.returncode}\n{errors}"
    assert "Traceback" not in errors
    return output, errors


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "site"


def test_the_first_run_shows_the_way_in_once(folder: Path) -> None:
    seen: list[str] = []
    with running("--site", folder, "serve", "--demo", "--port", "0") as server:
        url = address_of(server, seen)
        browser = Browser(url)
        status, at, _ = browser.get("/")
        assert (status, urllib.parse.urlsplit(at).path) == (200, "/login")
        said = "".join(_lines_until(server, "Site"))
        password = re.search(r"Password  (\S+)", said)
        link = re.search(r"(http://\S+/login/link/\S+)", said)
        assert password is not None
        assert link is not None
        assert link[1].startswith(url)
        path = urllib.parse.urlsplit(link[1]).path
        status, at, _ = browser.press(path)
        assert (status, urllib.parse.urlsplit(at).path) == (200, "/")
        assert browser.get("/m/opportunity")[0] == 200
        stranger = Browser(url)
        assert stranger.press(path)[0] >= 400
        assert urllib.parse.urlsplit(stranger.get("/m/opportunity")[1]).path == "/login"
        rest, _ = stop(server)
        assert password[1] not in rest

    command = Command(folder)
    filled = len(command("export", "opportunity").output.splitlines())
    assert filled > 10
    with running("--site", folder, "serve", "--demo", "--port", "0") as server:
        url = address_of(server, seen)
        assert Browser(url).get("/healthz")[0] == 200
        output, errors = stop(server)
    assert "Password" not in output
    assert "/login/link/" not in output
    assert "--demo" in errors
    assert len(command("export", "opportunity").output.splitlines()) == filled


def _lines_until(process: subprocess.Popen[str], word: str) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line
        if word in line:
            return


VISIT = """\
module: site_visit
label: Site visit
plural: Site visits
group: sales
name_field: subject
fields:
  subject: {type: text, required: true}
"""


def test_two_servers_take_up_what_a_third_process_publishes(command: Command, tmp_path: Path) -> None:
    """No restart; and a worker sends what a record saved through one of them sets off."""
    token = command("token", "add", "boss").output.split()[-1]
    crm = tmp_path / "crm"
    (crm / "modules").mkdir(parents=True)
    (crm / "modules" / "site_visit.yaml").write_text(VISIT)
    words = ("--site", command.site, "serve", "--port", "0")
    with running(*words) as one, running(*words, "--no-worker") as two:
        urls = [address_of(one), address_of(two)]
        for url in urls:
            assert api(url, token, "GET", "/m/site_visit")[0] == 404
        with running("--site", command.site, "publish", crm) as publisher:
            _, errors = publisher.communicate(timeout=60)
            assert publisher.returncode == 0, errors
        for url in urls:
            wait_until(lambda url=url: api(url, token, "GET", "/m/site_visit")[0] == 200, "it is there")  # type: ignore[misc]
        status, made = api(urls[0], token, "POST", "/m/site_visit", {"subject": "Spring tour"})
        assert status == 201
        status, read = api(urls[1], token, "GET", f"/m/site_visit/{made['id']}")
        assert (status, read["subject"]) == (200, "Spring tour")

        outbox = command.site / "outbox"
        command("user", "add", "anna", "--email", "anna@fieldstone.example", "--role", "sales_manager")
        status, made = api(urls[1], token, "POST", "/m/opportunity", {"name": "Big deal", "amount": "12000"})
        assert status == 201, made
        wait_until(lambda: bool(list(outbox.glob("*.eml"))), "the mail has left")
        (mail,) = outbox.glob("*.eml")
        assert "Big deal" in mail.read_text()
        assert "anna@fieldstone.example" in mail.read_text()
        for server in (one, two):
            stop(server)
    states = {(each["kind"], each["state"]) for each in command("jobs", "--json").json}
    assert all(state == "done" for _, state in states), states


def test_a_request_in_flight_is_finished(command: Command) -> None:
    """SIGTERM while records are being saved: the answer still comes, and it is true."""
    token = command("token", "add", "boss").output.split()[-1]
    records = [{"name": f"Company {number}"} for number in range(1_000)]
    with running("--site", command.site, "serve", "--port", "0") as server:
        url = address_of(server)
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/m/organization/batch", json.dumps({"records": records}), headers)
        assert Browser(url).get("/healthz")[0] == 200  # read after the other, so that one is in flight by now
        server.send_signal(signal.SIGTERM)
        answer = connection.getresponse()
        assert answer.status == 201
        assert len(json.load(answer)["data"]) == 1_000
        connection.close()
        assert server.wait(timeout=60) == 0
    assert len(command("export", "organization", "--fields", "name").output.splitlines()) == 1_001
