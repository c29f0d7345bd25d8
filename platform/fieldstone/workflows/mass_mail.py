"""Writing to many records, as a mass action: one mail for each that has an address and wants mail."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldProblem, InvalidInputError
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.records.access import can_read_field
from fieldstone.records.changes import SaveOptions
from fieldstone.records.codes import NOT_FOUND
from fieldstone.records.contexts import user_values
from fieldstone.records.mass.actions import Chunk, Outcome
from fieldstone.records.mass.codes import NOTHING_ASKED
from fieldstone.records.save.begin import begin
from fieldstone.records.save.history import add_entries
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.service import Records
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.records.tables import MAILED
from fieldstone.storage.published import PublishedModel
from fieldstone.workflows.letter import Letter, compile_letter
from fieldstone.workflows.mail import Mail, Mailer, is_address
from fieldstone.workflows.settings import WorkflowSettings
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.template import TemplateError
from fieldstone.workflows.template_values import ValuesOfTemplates

NO_FIELD = declare(
    "workflow.E150", "{module} have no address to write to that you may see.", "Choose a field of e-mail addresses."
)
NO_ADDRESS = declare("workflow.E151", "There is no e-mail address.", "Write one into {label}.")
NO_MAIL = declare("workflow.E152", "No e-mail is wanted.", "The field {label} says so.")
NOT_WRITTEN = declare("workflow.E153", "Nobody is written to here.")

OPT_OUTS = ("do_not_email", "email_opt_out")
"""What a checkbox is called that says that somebody wants no mail."""
SUBJECT_LENGTH, BODY_LENGTH = 500, 20_000
_PLACE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """How many of some records can be written to; the rest have no address, or want no mail."""

    reachable: int
    without: int
    opted_out: int


class MassMail:
    """Options: `field` (of the address), `subject` and `body`: templates of the record, the body in markdown.

    Mails are queued in the transaction that notes the records as done, with a key of their own: once for each,
    wherever it is killed. The history of the record says that it was written to.
    """

    name, right, in_bin, undoable = "email", "mass_edit", False, False

    def __init__(self, records: Records, mailer: Mailer, settings: WorkflowSettings) -> None:
        self._records = records
        self._mailer = mailer
        self._settings = settings

    def check(self, published: PublishedModel, actor: Actor, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """Raises InvalidInputError workflow.E150, mass.E004, and what is wrong with the templates."""
        definition = published.model.modules[module]
        field = find_address_field(published, actor, definition, str(options.get("field") or ""))
        subject = str(options.get("subject") or "").strip()[:SUBJECT_LENGTH]
        body = str(options.get("body") or "").strip()[:BODY_LENGTH]
        if not subject or not body:
            raise InvalidInputError(NOTHING_ASKED)
        _compile(published.model, definition, subject, body)
        return {"field": field.identity, "subject": subject, "body": body}

    def apply(self, chunk: Chunk) -> Outcome:
        published, actor, options = chunk.published, chunk.actor, chunk.options
        module = published.model.modules[chunk.module]
        field = find_address_field(published, actor, module, options["field"])
        known = self._known_opt_out(published, actor, module)
        letter = _compile(published.model, module, options["subject"], options["body"])
        work = chunk.begin(SaveOptions())
        program = program_for(work, chunk.module)
        stored = read_rows(work, program, chunk.ids, right="view")
        problems, places = [], []
        for place, id in enumerate(chunk.ids):
            problem = _refusal(module, field, stored.get(id))
            if problem is not None and problem[0] == NO_MAIL and known is None:
                problem = (NOT_WRITTEN, {})  # what a hidden field says is not told
            if problem is None:
                places.append(place)
            else:
                problems.append(_at(place, *problem))
        rows = [_row(chunk.module, chunk.ids[place]) for place in places]
        written: list[tuple[SaveRow, Mail]] = []
        if rows:
            values = ValuesOfTemplates(work, rows, _paths(letter), self._settings)
            reply_to = _own_address(work)
            for position, (place, row) in enumerate(zip(places, rows, strict=True)):
                key = f"{chunk.key}:{row.id}"
                try:
                    mail = letter.write(stored[row.id][field.name], values.of(position))
                except TemplateError as error:
                    problems.append(_at(place, error.code, error.params))
                    continue
                row.values["version"] = stored[row.id]["version"]
                written.append((row, _from(mail, reply_to, key)))
        self._mailer.enqueue(chunk.connection, [mail for _, mail in written], created_by=actor.user_id)
        add_entries(work, program, [(row, MAILED, _noted(options["subject"])) for row, _ in written])
        return Outcome(changed=len(written), problems=problems)

    def preview(
        self, actor: Actor, module: str, options: Mapping[str, Any], ids: Sequence[int]
    ) -> Sequence[tuple[int, Mail]]:
        """What these records would be sent, of those that would. Raises as `check`, and TemplateError."""
        with self._records.models.read() as (conn, published):
            checked = self.check(published, actor, module, options)
            definition = published.model.modules[module]
            field = find_address_field(published, actor, definition, checked["field"])
            opt_out = self._known_opt_out(published, actor, definition)
            letter = _compile(published.model, definition, checked["subject"], checked["body"])
            names = (field.name, *((opt_out.name,) if opt_out is not None else ()))
            found = self._records.fetch(actor, module, ids, fields=names)
            kept = [each for each in found if _refusal(definition, field, each.values) is None]
            if not kept:
                return []
            work = begin(conn, published, actor, self._records.environment, SaveOptions(), ())
            rows = [_row(module, each.id) for each in kept]
            values = ValuesOfTemplates(work, rows, _paths(letter), self._settings)
            return [
                (each.id, letter.write(each.values[field.name], values.of(position)))
                for position, each in enumerate(kept)
            ]

    def addresses(self, actor: Actor, module: str, field: str, ids: Sequence[int] | None, where: str) -> Addresses:
        """Of the records `ids`, or of all for which `where` holds (up to the cap of counts)."""
        published = self._records.models.current
        definition = published.model.modules[module]
        address = find_address_field(published, actor, definition, field)
        known = self._known_opt_out(published, actor, definition)
        if ids is not None:
            names = (address.name, *((known.name,) if known else ()))
            found = self._records.fetch(actor, module, ids, fields=names)
            without = sum(not each.values[address.name] for each in found)
            unwanted = [each for each in found if known is not None and each.values[known.name]]
            opted_out = sum(bool(each.values[address.name]) for each in unwanted)
            return Addresses(reachable=len(found) - without - opted_out, without=without, opted_out=opted_out)

        def count(condition: str) -> int:
            both = f"({where}) and {condition}" if where.strip() else condition
            return self._records.count(actor, module, both).value

        empty = f"is_empty({address.name})"
        opted_out = count(f"not {empty} and {known.name}") if known else 0
        reachable = count(f"not {empty} and not {known.name}" if known else f"not {empty}")
        return Addresses(reachable=reachable, without=count(empty), opted_out=opted_out)

    def _known_opt_out(self, published: PublishedModel, actor: Actor, module: ModuleDef) -> FieldDef | None:
        """That which the actor may see: what it says of whom is not to be found out by counting."""
        found = find_opt_out(module)
        return found if found is not None and can_read_field(published, actor, module.name, found.name) else None


def address_fields(published: PublishedModel, actor: Actor, module: str) -> list[FieldDef]:
    """The fields of e-mail addresses that the actor may read."""
    fields = published.model.modules[module].fields.values()
    return [each for each in fields if each.type == "email" and can_read_field(published, actor, module, each.name)]


def find_address_field(published: PublishedModel, actor: Actor, module: ModuleDef, name: str) -> FieldDef:
    """By name or identity, "" the first. Raises InvalidInputError workflow.E150."""
    for field in address_fields(published, actor, module.name):
        if name in ("", field.name, field.identity):
            return field
    raise InvalidInputError(NO_FIELD, module=module.plural)


def find_opt_out(module: ModuleDef) -> FieldDef | None:
    """The checkbox by which somebody wants no mail. It counts also for whoever may not see it."""
    found = (module.fields.get(name) for name in OPT_OUTS)
    return next((field for field in found if field is not None and field.type == "checkbox"), None)


def _refusal(module: ModuleDef, field: FieldDef, values: Mapping[str, Any] | None) -> tuple[str, dict[str, Any]] | None:
    """Why nobody is written to; None when somebody is. `values` None: the record is out of reach."""
    if values is None:
        return NOT_FOUND, {}
    if not is_address(str(values.get(field.name) or "")):
        return NO_ADDRESS, {"label": field.label}
    opt_out = find_opt_out(module)
    if opt_out is not None and values.get(opt_out.name):
        return NO_MAIL, {"label": opt_out.label}
    return None


def _compile(model: AppModel, module: ModuleDef, subject: str, body: str) -> Letter:
    """Raises InvalidInputError for what the module does not have."""
    scope = StepScope(model=model, module=module, action="email")
    letter = compile_letter(scope, subject, body)
    for problem in scope.problems:
        raise problem
    return letter


def _paths(letter: Letter) -> set[tuple[str, ...]]:
    return {path for template in letter.templates for path in template.paths}


def _row(module: str, id: int) -> SaveRow:
    """Without values: a template shows what the actor may read, and nothing else."""
    return SaveRow(module=module, id=id, values={})


def _own_address(work: SaveWork) -> str:
    """Where answers go: to whoever writes."""
    address = str(user_values(work.connection, work.actor)["email"] or "")
    return address if is_address(address) else ""


def _from(mail: Mail, reply_to: str, key: str) -> Mail:
    return Mail(to=mail.to, subject=mail.subject, text=mail.text, html=mail.html, reply_to=reply_to, key=key)


def _noted(subject: str) -> str:
    """The changes of an entry in the history. Whoever sees the record may not see the values that the sender could put
    into the subject, so that these are left out."""
    told = " ".join(_PLACE.sub("…", subject).split())[:SUBJECT_LENGTH]
    return json.dumps({MAILED: [None, told]}, ensure_ascii=False, separators=(",", ":"))


def _at(place: int, code: str, params: Mapping[str, Any]) -> FieldProblem:
    return FieldProblem(field="", code=code, params=dict(params), row=place)
