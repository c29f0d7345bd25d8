"""Sends what an attacker sends through the doors, and keeps what must never happen."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urljoin

from werkzeug.test import TestResponse

from security.payloads import AWAY, FIGURE, RUN, RUNS, SQL_TOLD, WORD
from security.watching import noting
from security.ways import Door
from security.world import World
from web.visitor import Visitor

SECRETS: Mapping[str, tuple[str, ...]] = {"carl": (FIGURE, "77,123", WORD, AWAY), "anna": (AWAY,)}
"""What never comes out to somebody."""

_OUT_OF_DATE = "This form is out of date"
_CHANGING = re.compile(
    r'csrf_token" value="[^"]*"|x-csrftoken": "[^"]*"|\bc\.[0-9a-f]{6}|value="[0-9a-f]{6}"|\d+ \w+ ago'
    r"|(did you mean|names that may stand here)[^<?]*"
)
"""Tokens, the names of new rows of conditions, times, what is spelled like what was typed; in small letters."""
_NUMBER = re.compile(r"[+-]?[\d,. ]+%?")


def _text(answer: TestResponse) -> str:
    """What can be read in an answer, in the files of a zip too."""
    if answer.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
            return "\n".join(bundle.read(name).decode() for name in bundle.namelist())
    return answer.text if answer.mimetype.startswith(("text/", "application/")) else ""


class Assault:
    """`faults`: what went wrong, worded."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults: list[str] = []
        self._calls = 0

    def learn(self, door: Door) -> set[tuple[str, str]]:
        """Come in honestly, and see which parameters the view reads."""
        with noting() as read:
            self.send(door)
        given = {("args", name) for name in door.way.query} | {("form", name) for name in door.way.form}
        return {(source, name) for source, name in read | given if name != "csrf_token"}

    def send(
        self,
        door: Door,
        source: str = "",
        name: str = "",
        text: str = "",
        *,
        person: str = "",
        extra: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        guess: bool = False,
    ) -> TestResponse:
        """Through a door as somebody, with one parameter, argument of the address or value replaced by a text.
        What is a `guess` at something hidden may come back as it was typed; it is followed where it leads."""
        person = person or door.way.person
        names = self._names(person)
        arguments = {each: _fill(door.argument(each), names) for each in door.rule.arguments}
        asked, form = (_fill(dict(each), names) for each in (door.way.query, door.way.form))
        sent = _fill(door.way.body, names) if body is None else body
        path = self._address(door, arguments, name if source == "path" else "", text)
        if source in ("args", "form"):
            (asked if source == "args" else form)[name] = text
        asked |= query or {}
        form |= extra or {}
        url = f"{path}?{urlencode(asked, errors='replace')}" if asked else path
        if door.is_api:
            answer: TestResponse = self.world.call(
                door.method, url.removeprefix("/api/v1"), sent, token=self.world.tokens[person]
            )
        else:
            answer = self._visit(door, person, url, form, headers or {})
            if guess and answer.status_code in (302, 303):
                answer = self._person(person).get(answer.location)
            if guess and answer.status_code != 200:
                self.settle(person)
        self.check(f"{door.title} as {person}, {source} {name}={text[:60]!r}", answer, "" if guess else person)
        return answer

    def settle(self, person: str) -> None:
        """Let the next page of somebody tell nothing of the ones before."""
        self._person(person).get("/more")

    def upload(self, door: Door, field: str, name: str, content: bytes) -> TestResponse:
        """A file in a form."""
        visitor = self._person(door.way.person)
        arguments = {each: _fill(door.argument(each), self.world.names()) for each in door.rule.arguments}
        data = {"csrf_token": visitor.token, field: (io.BytesIO(content), name)}
        answer = visitor.client.post(self._address(door, arguments, "", ""), data=data, buffered=True)
        self.check(f"{door.title} with a file {name[:30]!r}", answer, door.way.person)
        return answer

    def check(self, what: str, answer: TestResponse, person: str) -> None:
        """What holds for every answer, whoever asked for whatever."""
        wrong = [f"status {answer.status_code}"] if answer.status_code >= 500 and answer.status_code != 503 else []
        text = _text(answer)
        if answer.mimetype == "text/html":
            wrong += [f"takes {mark} for more than letters" for mark in RUN if mark in text]
            wrong += ["the token was out of date"] if _OUT_OF_DATE in text else []
        wrong += [f"tells {told}" for told in SQL_TOLD if told in text]
        wrong += [f"tells {secret}" for secret in SECRETS.get(person, ()) if secret in text]
        cookies = [name for name in answer.headers.getlist("Set-Cookie") if name.startswith("x=")]
        wrong += ["a header came in"] if cookies or "\n" in str(answer.location) else []
        if answer.location and not urljoin("http://localhost/x/", answer.location).startswith("http://localhost/"):
            wrong.append(f"leads to {answer.location}")
        if answer.mimetype == "text/csv":
            wrong += [f"a cell would run: {cell[:30]!r}" for cell in running_cells(text)]
        self.faults += [f"{what}: {each}" for each in wrong]

    def normal(self, answer: TestResponse, words: tuple[str, str]) -> tuple[int, str]:
        """An answer without what was typed and what changes anyway, to lay it beside another."""
        text = _CHANGING.sub("", html.unescape(answer.text).lower())
        hit, miss = words
        for form in (str, quote, lambda word: quote(word, safe="")):
            text = text.replace(form(hit), form(miss))
        return answer.status_code, text

    def _visit(
        self, door: Door, person: str, url: str, form: dict[str, str], headers: Mapping[str, str]
    ) -> TestResponse:
        visitor = self._person(person)
        if door.method == "GET":
            answer = visitor.get(url, headers=headers)
            if person == "stranger" or not str(answer.location).startswith("/login"):
                return answer
            self.world.people.pop(person)  # something has ended the session: an attack needs one
            return self._person(person).get(url, headers=headers)
        self._calls += 1
        address = {"REMOTE_ADDR": f"10.1.{self._calls // 250}.{self._calls % 250}"}  # or the brake on guessing holds us
        answer = visitor.post(url, form, headers=headers, environ_base=address)
        left = answer.status_code == 303 and str(answer.location).startswith("/login") and person != "stranger"
        if left or "logout" in url or _OUT_OF_DATE in answer.text:
            self.world.people.pop(person, None)
        return answer

    def _person(self, person: str) -> Visitor:
        people = self.world.people
        if person not in people:
            visitor = people[person] = Visitor(self.world.app)
            if person == "stranger":
                visitor.get("/login")
            else:  # by a link: guesses at their passwords have set the brake on
                link = f"/login/link/{self.world.site.accounts.login_link(person)}"
                visitor.get(link)
                assert visitor.post(link).status_code == 303
                visitor.get("/more")
        return people[person]

    def _names(self, person: str) -> dict[str, Any]:
        names = self.world.names()
        if person == "carl":
            names |= {f"my_{module}": id for module, id in self.world.his.items()}
        return names

    def _address(self, door: Door, arguments: Mapping[str, Any], name: str, text: str) -> str:
        """With one of its arguments replaced by a text, whatever the rule would take."""
        stand_in = "7654321"  # fits a number too
        built = door.rule.build({each: stand_in if each == name else value for each, value in arguments.items()})
        assert built is not None, (door.title, arguments)
        return str(built[1]).replace(stand_in, quote(text, safe="", errors="replace")) if name else str(built[1])


def running_cells(text: str) -> Iterable[str]:
    """Cells of a CSV that a spreadsheet would take for a formula."""
    for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))):
        yield from (cell for cell in row if cell.startswith(RUNS) and not _NUMBER.fullmatch(cell))


def replaced(body: Any, text: str) -> Iterable[Any]:
    """The JSON bodies in which one text or number is replaced by a text."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from ({**body, key: each} for each in replaced(value, text))
    elif isinstance(body, list):
        for place, value in enumerate(body):
            yield from ([*body[:place], each, *body[place + 1 :]] for each in replaced(value, text))
    else:
        yield text


def _fill(value: Any, names: Mapping[str, Any]) -> Any:
    """The ids of the world for their names in braces."""
    if isinstance(value, dict):
        return {key: _fill(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_fill(each, names) for each in value]
    if isinstance(value, str) and value.startswith("{") and value[1:-1] in names:
        return names[value[1:-1]]
    return value


def state_of(world: World) -> str:
    """What no attack may have changed: rights, people, records out of reach, system columns."""
    accounts = world.site.accounts
    people = [(each.username, each.is_admin, each.active, each.roles, each.profiles) for each in accounts.list_users()]
    return json.dumps([people, world.hidden_state()], default=str)
