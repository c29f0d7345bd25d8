"""How a step says that the rest of the run comes later, and what it is told when that time has come."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fieldstone.workflows.action import Action

if TYPE_CHECKING:
    from fieldstone.workflows.batch import Batch
    from fieldstone.workflows.recipients import Person


@dataclass(frozen=True, kw_only=True)
class Question:
    """What an approval asks. `people`: whom, each with the message in their language; `message` is that of whoever
    looks after it. `need`: one or all. `escalated`: it was asked of others before."""

    people: tuple[tuple[Person, str], ...]
    message: str
    need: str
    escalated: bool = False


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A run that stops at the step at `position`, `until` a time (None: for people alone)."""

    position: int
    until: datetime | None
    question: Question | None = None


@dataclass(frozen=True, kw_only=True)
class Woken:
    """Why a run comes back. `at_once`: somebody would not wait; `answer`: what people answered, "" when time was up;
    `answers`: (name, answer, comment) of everybody who did; `escalated` as in Question."""

    at_once: bool = False
    answer: str = ""
    answers: tuple[tuple[str, str, str], ...] = ()
    escalated: bool = False


class PausingAction(Action):
    """An action that calls `Batch.pause`."""

    @abstractmethod
    def wake(self, batch: Batch, plan: Any, woken: Mapping[int, Woken]) -> None:
        """Called when the wait is over, with the same plan, for the rows in `woken` (record id → why), once. Rows go on
        behind it unless they pause again (`Batch.pause`) or end here (`Batch.stop`)."""
