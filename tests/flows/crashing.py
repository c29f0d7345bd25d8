"""Run as a program with the URL of a database: publishes and rolls back, and is killed while it does.

Each line of its input is one attempt, in a fresh process forked from this one, in which everything is imported
already: `publish N` or `rollback N` is killed after the N-th statement it has written with, `loop SECONDS` publishes
and rolls back in turn until it is killed after so long, `once 0` does so once, `large 0` publishes and leaves the row
work to a job, `work SECONDS` runs jobs and is killed. Each answer is one line: the number
of the signal that ended it, or 0 when it came to its end.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from typing import Any

import sqlalchemy as sa

from changes.workbench import Workbench, layers
from fieldstone.changes import scheduling
from fieldstone.fields.registry import built_in_field_types
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import compile_model
from fieldstone.metadata.layers import Layer
from fieldstone.storage.database import Database
from fieldstone.storage.published import ModelSource

BEFORE = """
module: lead
fields:
  code: {type: text, label: Code}
  note: {type: text, label: Note}
  number: {type: integer, label: Number}
  gone: {type: text, label: Gone}
"""
AFTER = """
module: lead
fields:
  code: {type: integer, label: Code, index: true}
  note: {type: text, label: Note, index: true}
  number: {type: integer, label: Number, unique: true}
  city: {type: text, label: City, index: true}
  friend: {type: lookup, label: Friend, to: organization}
  double: {type: formula, label: Double, result: integer, expression: number * 2}
  gone: null
relations:
  visits: {kind: many_to_many, to: event}
"""
EVENT = "module: event\nlabel: Event\nplural: Events\nname_field: name\nfields:\n  name: {type: text, label: Name}\n"
ROWS = 300
TYPES = built_in_field_types()


def before() -> list[Layer]:
    return layers(lead=BEFORE)


def after() -> list[Layer]:
    return layers(lead=AFTER, event=EVENT)


def opened(url: str) -> Workbench:
    """What is published on the database, taken up."""
    workbench = Workbench(Database.open(url), TYPES)
    workbench.take_up_published(ModelSource(workbench.database, workbench.get_model))
    return workbench


def _publish(workbench: Workbench) -> None:
    workbench.publish(after(), allow_destructive=True)


def _rollback(workbench: Workbench) -> None:
    workbench.rollback(1)


def _loop(workbench: Workbench) -> None:
    assert workbench.models
    while True:
        if "event" in workbench.models.refresh().model.modules:
            _rollback(workbench)
        else:
            _publish(workbench)


def _die_after(workbench: Workbench, count: int) -> None:
    left = count

    @sa.event.listens_for(workbench.database.writer, "after_cursor_execute")
    def spend(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _attempt(url: str, what: str, number: str) -> None:
    workbench = opened(url)
    if what in ("publish", "rollback"):
        _die_after(workbench, int(number))
        (_publish if what == "publish" else _rollback)(workbench)
    elif what == "large":
        scheduling.INLINE_ROWS = scheduling.INLINE_INDEX_ROWS = 20
        _publish(workbench)
    elif what == "once":
        _publish(workbench)
        _rollback(workbench)
    elif what == "loop":
        _loop(workbench)
    else:
        workbench.run_jobs()
    workbench.database.close()


def _forked(url: str, what: str, number: str) -> int:
    child = os.fork()
    if child == 0:
        try:
            _attempt(url, what, number)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if what in ("loop", "work"):
        time.sleep(float(number))
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


if __name__ == "__main__":
    for documents in (before(), after()):
        compile_model(documents, field_types=TYPES, catalogue=Catalogue(), actions={}, triggers=())
    for line in sys.stdin:
        print(_forked(sys.argv[1], *line.split()), flush=True)
