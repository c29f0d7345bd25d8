"""Send an e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fieldstone.metadata.model import AppModel
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.letter import Letter, compile_letter
from fieldstone.workflows.mail import Mail
from fieldstone.workflows.recipients import RECIPIENTS_SCHEMA, Recipient, parse_recipients, resolve
from fieldstone.workflows.rendering import values_for
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.template import TemplateError
from fieldstone.workflows.trace import DONE, FAILED, SKIPPED


@dataclass(frozen=True, kw_only=True)
class EmailPlan:
    """`letters`: language → the mail; "" for every other language."""

    to: tuple[Recipient, ...]
    letters: dict[str, Letter]


class Email(Action):
    name = "email"
    label = "Send an e-mail"
    help = "One mail to each recipient, made from an e-mail template or from subject and body (markdown)."
    schema: ClassVar[Schema] = {
        "type": "object",
        "required": ["to"],
        "additionalProperties": False,
        "properties": {
            "to": RECIPIENTS_SCHEMA,
            "template": {"type": "string", "description": "An e-mail template (metadata/emails)."},
            "subject": {"type": "string", "minLength": 1, "description": "A template."},
            "body": {"type": "string", "minLength": 1, "description": "A template, in markdown."},
        },
        "oneOf": [{"required": ["template"]}, {"required": ["subject", "body"]}],
    }

    def compile(self, scope: StepScope, options: Any) -> EmailPlan:
        to = parse_recipients(scope, options["to"])
        name = options.get("template", "")
        if not name:
            return EmailPlan(to=to, letters={"": compile_letter(scope, options["subject"], options["body"])})
        email = scope.model.emails.get(name)
        if email is None:
            scope.unusable(f"there is no e-mail template {name}.")
            return EmailPlan(to=to, letters={})
        letters = {"": compile_letter(scope, email.subject, email.body)}
        for language in _languages(scope.model, name):
            subject = scope.model.text(f"email.{name}.subject", language, email.subject)
            body = scope.model.text(f"email.{name}.body", language, email.body)
            letters[language] = compile_letter(scope, subject, body)
        return EmailPlan(to=to, letters=letters)

    def run(self, batch: Batch, plan: EmailPlan) -> None:
        used = [template for item in plan.letters.values() for template in item.templates]
        values = values_for(batch, used)
        default = batch.work.published.model.app.language
        mails: list[Mail] = []
        for position, (row, people) in enumerate(zip(batch.rows, resolve(batch, plan.to), strict=True)):
            reachable = [person for person in people if person.email]
            if not reachable:
                batch.note(row, SKIPPED, reason="nobody to write to")
                continue
            try:
                written = []
                for person in reachable:
                    letter = plan.letters.get(person.language or default, plan.letters[""])
                    worded = values.of(position, language=person.language, zone=person.zone)
                    written.append(letter.write(person.email, worded))
            except TemplateError as error:
                batch.note(row, FAILED, reason=error.message)
                continue
            mails.extend(written)
            batch.note(row, DONE, to=[mail.to for mail in written], subject=written[0].subject)
        batch.services.mailer.enqueue(batch.work.connection, mails, created_by=batch.work.actor.user_id)


def _languages(model: AppModel, name: str) -> list[str]:
    """The languages that a template is translated into."""
    keys = (f"email.{name}.subject", f"email.{name}.body")
    return [language for language, texts in model.texts.items() if any(key in texts for key in keys)]
