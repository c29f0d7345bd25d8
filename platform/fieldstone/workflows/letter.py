"""A mail in the making: a subject and a text with places for the values of a record."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.workflows.mail import Mail
from fieldstone.workflows.markdown import to_html
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.template import (
    Template,
    TemplateValues,
    compile_line,
    compile_markdown,
    compile_text,
)

SUBJECT_LIMIT = 10_000
SUBJECT_LENGTH = 250


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail in one language. The body is markdown: sent as it is, and as HTML."""

    subject: Template
    text: Template
    html: Template

    @property
    def templates(self) -> tuple[Template, ...]:
        return (self.subject, self.text, self.html)

    def write(self, address: str, values: TemplateValues) -> Mail:
        """Raises TemplateError."""
        return Mail(
            to=address,
            subject=self.subject.render(values, limit=SUBJECT_LIMIT)[:SUBJECT_LENGTH],
            text=self.text.render(values),
            html=to_html(self.html.render(values)),
        )


def compile_letter(scope: StepScope, subject: str, body: str) -> Letter:
    """Raises TemplateError; paths that lead nowhere are noted in the scope."""
    return Letter(
        subject=scope.template(subject, compile_line),
        text=scope.template(body, compile_text),
        html=scope.template(body, compile_markdown),
    )
