"""Running the `fieldstone` command as a person would, without a new process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from fieldstone.cli.main import fieldstone


@dataclass(frozen=True)
class Answer:
    exit_code: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        return json.loads(self.output)


@dataclass(frozen=True)
class Command:
    """`Command(site)("plan", "--json")` runs `fieldstone plan --json` on that site; `exit_code` None: any."""

    site: Path

    def __call__(self, *words: str | Path, stdin: str = "", exit_code: int | None = 0) -> Answer:
        result = CliRunner().invoke(fieldstone, ["--site", str(self.site), *map(str, words)], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        answer = Answer(result.exit_code, result.stdout, result.stderr)
        assert exit_code in (None, answer.exit_code), f"exit code {answer.exit_code}\n{answer.output}\n{answer.errors}"
        return answer
