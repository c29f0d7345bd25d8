"""Whatever is done to records and model: as of each moment everything reads as it did then."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from fieldstone.kernel.errors import FieldstoneError
from records.as_of.timeline import Timeline
from records.as_of.timeline_documents import REMOVED, RENAMED, with_opportunity

STEPS = 32
AT_ONCE = 4


class _Walk:
    """Does one thing or another, by chance."""

    def __init__(self, timeline: Timeline, seed: int) -> None:
        self.timeline = timeline
        self.chance = random.Random(seed)
        self.ids: dict[str, list[int]] = {"organization": [], "opportunity": [], "note": []}
        self.gone: list[tuple[str, int]] = []

    def fill(self) -> None:
        for module in ["organization"] * 3 + ["opportunity"] * 6:
            self.ids[module].append(self.timeline.create(module, **self._values(module)))

    def step(self) -> None:
        options: list[Callable[[], None]] = [self.create] * 3 + [self.update] * 5
        options += [self.delete, self.restore, self.link, self.unlink]
        try:
            self.chance.choice(options)()
        except FieldstoneError:
            return  # refused: nothing happened

    def _values(self, module: str) -> dict[str, Any]:
        pick = self.chance
        organization = pick.choice([*self.ids["organization"], None])
        own = self.timeline.models.current.model.modules[module].fields
        values: dict[str, Any] = {
            "name": f"{module} {pick.randrange(100)}",
            "industry": pick.choice(["Ore", "Food", None]),
            "organization": organization,
            "amount": pick.choice(["10", "333.33", "2000", None]),
            "probability": pick.choice(["10", "50", "75"]),
            "stage": pick.choice(["open", "won", "lost"]),
            "close_date": pick.choice(["2026-01-31", "2026-06-01", None]),
            "code": str(pick.randrange(50)),
            "hint": pick.choice(["call", "write", None]),
            "remark": pick.choice(["call", "write", None]),
            "won": pick.choice([True, False]),
            "tags": pick.choice(["a", "a, b", None]),
            "text": f"note {pick.randrange(100)}",
            "about": {"module": "organization", "id": organization} if organization else None,
            "owner": pick.choice([1, 2]),
        }
        names = [name for name in values if name in own or name == "owner"]
        return {name: values[name] for name in pick.sample(names, pick.randint(1, len(names)))}

    def create(self) -> None:
        module = self.chance.choice([*self.ids, "opportunity"])
        self.ids[module].append(self.timeline.create(module, **self._values(module)))

    def _some(self) -> tuple[str, int]:
        module = self.chance.choice([name for name, ids in self.ids.items() if ids] or ["organization"])
        if not self.ids[module]:
            self.create()
        module = self.chance.choice([name for name, ids in self.ids.items() if ids])
        return module, self.chance.choice(self.ids[module])

    def update(self) -> None:
        module, id = self._some()
        self.timeline.update(module, id, **self._values(module))

    def delete(self) -> None:
        module, id = self._some()
        self.timeline.records.delete(self.timeline.anna, module, [id])
        self.ids[module].remove(id)
        self.gone.append((module, id))

    def restore(self) -> None:
        if self.gone:
            module, id = self.gone.pop()
            self.timeline.records.restore(self.timeline.anna, module, [id])
            self.ids[module].append(id)

    def link(self) -> None:
        self._link(self.timeline.records.link)

    def unlink(self) -> None:
        self._link(self.timeline.records.unlink)

    def _link(self, how: Callable[..., None]) -> None:
        if self.ids["opportunity"] and self.ids["organization"]:
            deal = self.chance.choice(self.ids["opportunity"])
            how(self.timeline.anna, "opportunity", deal, "rivals", self.ids["organization"][:2])


MODELS = {
    8: (with_opportunity(RENAMED), [("field", "opportunity.hint", "opportunity.remark")]),
    16: (with_opportunity(RENAMED.replace("code: {type: text", "code: {type: integer")), []),
    24: (with_opportunity(REMOVED.replace("code: {type: text", "code: {type: integer")), []),
}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_past_reads_as_it_did(timeline: Timeline, seed: int) -> None:
    walk = _Walk(timeline, seed)
    walk.fill()
    seen: list[tuple[datetime, dict[str, Any]]] = []
    for number in range(STEPS):
        if number in MODELS:
            documents, renames = MODELS[number]
            timeline.publish(documents, *renames)
        for _ in range(AT_ONCE):
            walk.step()
            timeline.advance(seconds=1)
        if number % 6 == 5 or number in MODELS:
            state = timeline.state()
            seen.append((timeline.advance(hours=7), state))
        else:
            timeline.advance(minutes=5)
    for moment, state in seen:
        then = timeline.state(moment)
        for part, expected in state.items():
            assert then[part] == expected, (part, moment)
