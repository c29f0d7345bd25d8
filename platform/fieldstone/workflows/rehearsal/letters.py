"""A mail as it would be for a record, from the texts that somebody is still writing."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import FieldstoneError, NotFoundError
from fieldstone.metadata.model import AppModel
from fieldstone.records import codes
from fieldstone.records.save.begin import begin
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.service import Records
from fieldstone.records.stages import SaveRow
from fieldstone.workflows.letter import Letter, compile_letter
from fieldstone.workflows.mail import Mail
from fieldstone.workflows.rehearsal.drafted import UnfinishedWorkflowError
from fieldstone.workflows.settings import WorkflowSettings
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.template_values import ValuesOfTemplates


def check_letter(model: AppModel, module: str, subject: str, body: str) -> Sequence[FieldstoneError]:
    """What is wrong with the texts of a mail about records of a module."""
    try:
        _compile(model, module, subject, body)
    except UnfinishedWorkflowError as error:
        return error.causes
    except FieldstoneError as error:
        return [error]
    return ()


def write_letter(
    records: Records,
    settings: WorkflowSettings,
    actor: Actor,
    module: str,
    record_id: int,
    subject: str,
    body: str,
    *,
    language: str = "",
) -> Mail:
    """The mail about a record, with what the actor may see of it; `to` is "". `language` words its values.

    Raises UnfinishedWorkflowError, TemplateError, NotFoundError record.E010.
    """
    with records.models.read() as (conn, published):
        letter = _compile(published.model, module, subject, body)
        work = begin(conn, published, actor, records.environment)
        stored = read_rows(work, program_for(work, module), [record_id], right="view", lock=False).get(record_id)
        if stored is None:
            raise NotFoundError(codes.NOT_FOUND, module=module, id=record_id)
        row = SaveRow(module=module, id=record_id, values=stored)
        paths = {path for template in letter.templates for path in template.paths}
        return letter.write("", ValuesOfTemplates(work, [row], paths, settings).of(0, language=language))


def _compile(model: AppModel, module: str, subject: str, body: str) -> Letter:
    if module not in model.modules:
        raise NotFoundError(codes.NO_MODULE, module=module)
    scope = StepScope(model=model, module=model.modules[module], action="email")
    letter = compile_letter(scope, subject, body)
    if scope.problems:
        raise UnfinishedWorkflowError(scope.problems)
    return letter
