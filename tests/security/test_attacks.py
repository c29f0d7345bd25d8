"""The attacks of `payloads`, each at every door of the site that could carry it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from fieldstone.records.query_types import Query
from security.assault import Assault, replaced, state_of
from security.payloads import ELSEWHERE, EVIL, EXPRESSIONS, FOREIGN, HIDDEN, NAMES, NUMBERS, SMUGGLED, SQL, UPLOADS
from security.ways import EXPRESSIONS as EXPRESSION_PARAMETERS
from security.ways import LEAVES, Door, find_doors
from security.world import SQLITE, World

REDIRECTING = frozenset({"next", "url", "back"})
"""Parameters that say where to go afterwards."""

Learned = dict[str, set[tuple[str, str]]]

UPLOAD_DOORS = {("imports.upload", "file"), ("setup:documents.bring_in", "files"), ("setup:company.logo", "logo")}
"""Doors that take files, and the fields they come in. Whoever adds one sees to it that UPLOADS and NAMES do no harm."""


@pytest.fixture(scope="module")
def doors(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[Door]:
    file = tmp_path_factory.mktemp("import") / "import.csv"
    file.write_text("Organization name\nZanzibar\n")
    started = world.site.imports.start(world.operator, "organization", file, f"{EVIL}.csv")
    world.hidden["import"] = started.id
    return find_doors(world.app)


@pytest.fixture(scope="module")
def learned(world: World, doors: list[Door]) -> Learned:
    """The parameters of every door, learned by coming in as somebody who may."""
    assault = Assault(world)
    found = {}
    for door in doors:
        if door.name in LEAVES:
            found[door.title] = {("form", name) for name in door.way.form}
        else:
            found[door.title] = assault.learn(door)
    assert not assault.faults, "\n".join(assault.faults)
    return found


def test_texts_and_markup_in_every_parameter_of_every_door(world: World, doors: list[Door], learned: Learned) -> None:
    """1 and 7: refused or taken as letters, and never our fault."""
    assault, before = Assault(world), state_of(world)
    fields = {name for parameters in learned.values() for _, name in parameters}
    assert {"where", "sort", "q", "cursor", "f.name", "next", "code", "username", "id", "search"} <= fields
    for door in _of(world, doors):
        together = door.name.startswith("setup:")
        long = sum(source == "form" for source, _ in learned[door.title]) > 1
        for place, (source, name) in enumerate(sorted(learned[door.title])):
            if source != "files" and not together and not name.startswith("f."):
                few = [EVIL] if long and source == "form" else _some(SQL, place)
                for text in SQL if name in EXPRESSION_PARAMETERS else few:
                    assault.send(door, source, name, text)
            if name in REDIRECTING:
                for text in ELSEWHERE[place % 3 :: 3] if together else ELSEWHERE:
                    assault.send(door, source, name, text)
        # A long form says all that is wrong with it at once, and the lists of Setup are one list.
        for turn in range(0, len(SQL), 3 if together else 1):
            given = {each: SQL[(turn + place) % len(SQL)] for place, each in enumerate(sorted(learned[door.title]))}
            typed = {name: text for (source, name), text in given.items() if source == "form"}
            asked = {name: text for (source, name), text in given.items() if source == "args"}
            if (together and given) or len(typed) > 1:
                assault.send(door, extra=typed, query=asked if together else None)
        for argument in sorted(door.rule.arguments):
            for text in NUMBERS if door.is_number(argument) else SQL[::4] if together else SQL[::2]:
                assault.send(door, "path", argument, text)
        for place, text in enumerate(SQL if door.way.body is not None else ()):
            for body in list(replaced(door.way.body, text))[place % 2 :: 2]:
                assault.send(door, "body", "", text, body=body)
    assert not assault.faults, _told(assault)
    assert state_of(world) == before
    assert world.site.records.query(world.operator, "organization", Query()).records


def test_hidden_fields_and_foreign_records_cannot_be_guessed(world: World, doors: list[Door], learned: Learned) -> None:
    """2: two guesses, one of them right, get the same answer from every door, as long as it is not for hers."""
    assault = Assault(world)
    for door in _of(world, doors):
        if door.method != "GET" or door.name.startswith("setup:"):
            continue
        for person, twins in (("carl", HIDDEN), ("anna", FOREIGN)):
            assault.send(door, person=person, headers={"HX-Request": "true"})
            assault.settle(person)
            for place, (source, name) in enumerate(sorted(learned[door.title])):
                seeking = name in EXPRESSION_PARAMETERS or name == "q"
                for twin in twins if seeking else twins[place % len(twins) :][:1]:
                    hit, miss = (
                        assault.send(door, source, name, text, person=person, guess=True)
                        for text in (twin.hit, twin.miss)
                    )
                    if assault.normal(hit, twin.words) != assault.normal(miss, twin.words):
                        assault.faults.append(
                            f"{door.title} as {person}, {name}={twin.hit!r}: tells it from {twin.miss!r}"
                        )
    assert not assault.faults, _told(assault)


@pytest.mark.usefixtures("learned")
def test_nothing_is_smuggled_into_a_save(world: World, doors: list[Door]) -> None:
    """4: whoever sends fields that are not theirs to set gets no right and changes no system field. What may be saved
    through these doors was saved before: sums in records out of reach follow it."""
    assault, before = Assault(world), state_of(world)
    for door in _of(world, doors):
        if door.method == "GET" or door.name in LEAVES:
            continue
        person = "keeper" if door.name.startswith("setup:") else door.way.person
        for name, value in SMUGGLED.items():
            body = door.way.body
            if isinstance(body, dict) and "f" not in body:
                inside = (
                    {"records": [{**body["records"][0], name: value}]} if "records" in body else {**body, name: value}
                )
                answer = assault.send(door, "body", name, value, body=inside)
                if answer.status_code < 400 and door.name not in ("api.delete_many", "api.link"):
                    assault.faults.append(f"{door.title}: takes {name}")
        extra = {**SMUGGLED, **{f"f.{name}": value for name, value in SMUGGLED.items()}}
        if not door.is_api:
            assault.send(door, person=person, extra=extra)
    assert not assault.faults, _told(assault)
    assert state_of(world) == before
    made = world.site.records.query(
        world.operator, "opportunity", Query(fields=("created_by", "record_number"))
    ).records
    assert "OPP-9" not in {record.values["record_number"] for record in made}


def test_hostile_expressions_at_every_door_that_takes_one(world: World, doors: list[Door], learned: Learned) -> None:
    """6: what takes too long ends the test by its time limit; the limits themselves are held where they stand."""
    assault = Assault(world)
    world.save("opportunity", name="a" * 190 + "!", owner=world.anna_id)
    tried = 0
    for door in _of(world, doors):
        for source, name in sorted(learned[door.title]):
            if name in EXPRESSION_PARAMETERS:
                tried += 1
                for text in EXPRESSIONS:
                    assault.send(door, source, name, text)
    assert tried > 10
    assert not assault.faults, _told(assault)


@SQLITE
def test_files_that_are_not_what_they_say(world: World, doors: list[Door], learned: Learned) -> None:
    """8: whatever the name and the content, a file is read as what is asked for and kept where it belongs."""
    taking = {(door.name, name) for door in doors for source, name in learned[door.title] if source == "files"}
    assert taking == UPLOAD_DOORS, f"a door takes files: list it, and see to it that {taking - UPLOAD_DOORS} are safe"
    assault = Assault(world)
    folder = world.site.folder
    before = _files(folder.parent)
    for door in doors:
        for _, field in (each for each in UPLOAD_DOORS if each[0] == door.name):
            for content in UPLOADS:
                assault.upload(door, field, "data.csv", content)
            for name in NAMES:
                assault.upload(door, field, name, b"Name\nx\n")
    assert not assault.faults, _told(assault)
    for path in _files(folder.parent) - before:
        assert path.parent == folder / "imports", path
        assert path.stem.strip("0123456789abcdef-_") in ("", "import"), path


def _some(texts: Sequence[str], place: int) -> Sequence[str]:
    """A few in turn, so that neighbours get them all, and markup always."""
    return (*texts[place % 5 :: 5], EVIL)


def _of(world: World, doors: list[Door]) -> list[Door]:
    """All doors on SQLite. What differs with the database lies below the API and the lists, which are tried on both."""
    if world.site.database.dialect == "sqlite":
        return doors
    return [door for door in doors if door.is_api or door.name in ("list.show", "list.find", "search.show")]


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def _told(assault: Assault) -> str:
    return f"{len(assault.faults)} faults\n" + "\n".join(assault.faults[:40])
