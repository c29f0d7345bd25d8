"""Calls from outside: another system posts to the secret address of a workflow, and acts with declared rights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from fieldstone.expressions.wording import literal
from fieldstone.fields.base import FieldValueError, ParseContext
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import (
    ConflictError,
    FieldProblem,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    ValidationError,
)
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.records.accounts.secret_keys import hash_key, make_key
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.records.query import query_records
from fieldstone.records.query_types import Query
from fieldstone.records.service import Records
from fieldstone.records.writing import write
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.compiled import CompiledWorkflow, WorkflowCompiler
from fieldstone.workflows.direct import DirectRuns
from fieldstone.workflows.tables import fs_hook, fs_run

NO_HOOK = declare("workflow.E190", "There is nothing to call at this address.", "Ask for the address anew.")
NOBODY = declare(
    "workflow.E191",
    "The user in whose name the workflow acts is not there or not active.",
    "An administrator has to name another one at the workflow.",
)
NO_KEY = declare("workflow.E192", "The body has no value at {path}, by which the record is found.", "Send one.")
NOT_FOUND = declare("workflow.E193", "There is no record with this value at {path}.", "Send the value of one.")
SEVERAL = declare("workflow.E194", "Several records have this value at {path}.", "Send one that only one of them has.")
NOT_PLAIN = declare("workflow.E195", "The value at {path} is not plain.", "Send a text, a number or a list of them.")

_UNASKED = SaveOptions(ignore_duplicate_warning=True)
TRIGGER = "webhook"


@dataclass(frozen=True, kw_only=True)
class Hook:
    """The address of a workflow, without its secret. `by` made it; `called_at` None: nobody has called yet."""

    made_at: datetime
    by: int | None
    called_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """A workflow that may be called now, in whose name it acts, and `hash`, by which the call found it."""

    workflow: CompiledWorkflow
    actor: Actor
    hash: str


@dataclass(frozen=True, kw_only=True)
class Called:
    """`run` None: the workflow's condition does not hold for the record."""

    record_id: int
    run: int | None


class InboundHooks:
    """`find_actor` gives an active user by name; set by the composition. Safe to share between threads."""

    def __init__(
        self,
        records: Records,
        clock: Callable[[], datetime],
        compiler: WorkflowCompiler,
        direct: DirectRuns,
    ) -> None:
        self._records = records
        self._clock = clock
        self._compiler = compiler
        self._direct = direct
        self.find_actor: Callable[[str], Actor | None] = lambda username: None

    def renew(self, module: str, workflow: str, by: int | None) -> str:
        """The secret of a new address, which is shown this once; an earlier one no longer opens anything. `module` is
        an identity."""
        secret = make_key()
        made = {"token_hash": hash_key(secret), "made_at": self._clock(), "made_by": by, "called_at": None}

        def work(conn: sa.Connection) -> None:
            insert = sqlite_insert if conn.dialect.name == "sqlite" else postgresql_insert
            statement = insert(fs_hook).values(module=module, workflow=workflow, **made)
            conn.execute(
                statement.on_conflict_do_update(index_elements=[fs_hook.c.module, fs_hook.c.workflow], set_=made)
            )

        self._records.models.database.transact(work)
        return secret

    def close(self, module: str, workflow: str) -> None:
        """Take the address of a workflow away."""
        gone = sa.delete(fs_hook).where(fs_hook.c.module == module, fs_hook.c.workflow == workflow)
        self._records.models.database.transact(lambda conn: conn.execute(gone))

    def find(self, module: str, workflow: str) -> Hook | None:
        """The address of a workflow, if it has one."""
        c = fs_hook.c
        query = sa.select(c.made_at, c.made_by, c.called_at).where(c.module == module, c.workflow == workflow)
        with self._records.models.database.read() as conn:
            row = conn.execute(query).one_or_none()
        return None if row is None else Hook(made_at=row.made_at, by=row.made_by, called_at=row.called_at)

    def awaited(self, secret: str) -> Awaited:
        """What an address opens. Raises NotFoundError workflow.E190 when that is nothing, also while the workflow is
        switched off; ForbiddenError workflow.E191."""
        hashed = hash_key(secret)
        with self._records.models.read() as (conn, published):
            row = conn.execute(sa.select(fs_hook).where(fs_hook.c.token_hash == hashed)).one_or_none()
            workflow = None if row is None else self._find(published, row.module, row.workflow)
        if workflow is None:
            raise NotFoundError(NO_HOOK)
        username = str(workflow.definition.webhook["as"]).partition(":")[2]
        actor = self.find_actor(username)
        if actor is None:
            raise ForbiddenError(NOBODY)
        return Awaited(workflow=workflow, actor=actor, hash=hashed)

    def call(self, awaited: Awaited, body: Mapping[str, Any]) -> Called:
        """Save or find the record and run the steps for it, in one transaction and with the rights of the user that
        the workflow names: field rights too.

        Raises NotFoundError workflow.E190, E193, InvalidInputError workflow.E192, E195, ConflictError workflow.E194,
        and what saving raises.
        """
        return write(self._records.models, lambda conn, published: self._call(conn, published, awaited, body))

    def _find(self, published: PublishedModel, identity: str, name: str) -> CompiledWorkflow | None:
        module = next((each.name for each in published.model.modules.values() if each.identity == identity), "")
        found = self._compiler.of_module(published, module).by_name.get(name) if module else None
        return found if found is not None and found.definition.on == TRIGGER else None

    def _call(
        self, conn: sa.Connection, published: PublishedModel, awaited: Awaited, body: Mapping[str, Any]
    ) -> Called:
        c, actor = fs_hook.c, awaited.actor
        # Calls of one workflow come one by one: two with the same new key would both create a record.
        noted = sa.update(fs_hook).where(c.token_hash == awaited.hash).values(called_at=self._clock())
        row = conn.execute(noted.returning(c.module, c.workflow)).one_or_none()
        workflow = None if row is None else self._find(published, row.module, row.workflow)
        if workflow is None:  # renewed, or published anew, since it was looked at
            raise NotFoundError(NO_HOOK)
        module, said = workflow.module.name, workflow.definition.webhook
        mode = said.get("mode", "create")
        values = _values(said["values"], body)
        record_id = None
        if mode != "create":
            record_id = self._find_record(conn, published, actor, workflow, values, strict=mode == "find")
        if mode != "find":
            change = RecordChange(module=module, id=record_id, values=values)
            saved = self._records.save_in(conn, published, actor, [change], options=_UNASKED)
            record_id = saved.records[0].id
        assert record_id is not None, "found or saved"
        name = workflow.definition.name
        done = self._direct.run_in(conn, published, actor, name, module, [record_id], trigger=TRIGGER, strict=True)
        return Called(record_id=record_id, run=_newest_run(conn, workflow, record_id) if done.ran else None)

    def _find_record(
        self,
        conn: sa.Connection,
        published: PublishedModel,
        actor: Actor,
        workflow: CompiledWorkflow,
        values: Mapping[str, Any],
        *,
        strict: bool,
    ) -> int | None:
        key = str(workflow.definition.webhook["key"])
        path = workflow.definition.webhook["values"][key]
        field = find_any_field(workflow.module, key)
        assert field is not None, "it was checked"
        model = published.model
        context = ParseContext(
            language=actor.language, zone=actor.zone, currency=model.app.currency, picklists=model.picklists
        )
        try:
            value = model.type_of(field).parse(field, values.get(key), context)
        except FieldValueError as error:
            params = {"label": field.label, **error.params}
            raise ValidationError([FieldProblem(field=key, code=error.code, params=params)]) from error
        if value in (None, ""):
            raise InvalidInputError(NO_KEY, path=path)
        query = Query(where=f"{key} == {literal(value)}", sort=("id",), fields=("id",), limit=2)
        found = query_records(conn, published, actor, workflow.module.name, query, now=self._clock()).records
        if len(found) > 1:
            raise ConflictError(SEVERAL, path=path)
        if not found and strict:
            raise NotFoundError(NOT_FOUND, path=path)
        return found[0].id if found else None


def _values(declared: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Field → what the body says there; nothing for what it does not say."""
    found = {}
    for field, path in declared.items():
        here: Any = body
        for step in str(path).split("."):
            if isinstance(here, Mapping) and step in here:
                here = here[step]
            elif isinstance(here, list) and step.isdecimal() and len(step) < 6 and int(step) < len(here):
                here = here[int(step)]
            else:
                break
        else:
            if isinstance(here, Mapping) or (
                isinstance(here, list) and any(isinstance(each, Mapping | list) for each in here)
            ):
                raise InvalidInputError(NOT_PLAIN, path=path)
            found[field] = here
    return found


def _newest_run(conn: sa.Connection, workflow: CompiledWorkflow, record_id: int) -> int | None:
    c = fs_run.c
    query = sa.select(sa.func.max(c.id)).where(
        c.module == workflow.module.identity, c.workflow == workflow.definition.name, c.record_id == record_id
    )
    found: int | None = conn.execute(query).scalar_one()
    return found
