"""What `check` says of a workflow of the draft, put where it belongs on the page."""

from __future__ import annotations

from dataclasses import dataclass, field

from fieldstone.changes.editing.workflows import workflow_path
from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.web.current import current_site
from fieldstone.web.numbers import find_number
from fieldstone.web.setup.drafting import current_draft
from fieldstone.web.words import word_diagnostic_whole


@dataclass(frozen=True, kw_only=True)
class WorkflowProblems:
    """In words. `steps`: position → its problems; `warnings` do not keep anything from being published."""

    general: list[str] = field(default_factory=list)
    trigger: list[str] = field(default_factory=list)
    condition: list[str] = field(default_factory=list)
    steps: dict[int, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.general) + len(self.trigger) + len(self.condition) + sum(map(len, self.steps.values()))


def problems_of(module: str, name: str) -> WorkflowProblems:
    found = WorkflowProblems()
    seen = set()
    for each in current_site().drafts.compile(current_draft()).diagnostics:
        place = _place(each, module, name)
        words = word_diagnostic_whole(each, workflow_path(module))
        if place is None or (words, each.path) in seen:
            continue
        seen.add((words, each.path))
        if each.severity != "error":
            found.warnings.append(words)
        elif place[:1] == ["do"] and len(place) > 1 and (position := find_number(place[1])) is not None:
            found.steps.setdefault(position, []).append(words)
        elif place[:1] == ["if"]:
            found.condition.append(words)
        elif place and place[0] in ("on", "fields", "schedule", "stage", "relation", "webhook", "when"):
            found.trigger.append(words)
        else:
            found.general.append(words)
    return found


def counts_of() -> dict[tuple[str, str], int]:
    """(module, workflow) → how many problems it has in the draft; without those that have none."""
    counts: dict[tuple[str, str], int] = {}
    for each in current_site().drafts.compile(current_draft()).diagnostics:
        parts = each.path.split(".")
        if each.severity == "error" and len(parts) > 2 and parts[1] == "workflows":
            counts[parts[0], parts[2]] = counts.get((parts[0], parts[2]), 0) + 1
    return counts


def _place(each: Diagnostic, module: str, name: str) -> list[str] | None:
    """Where in the workflow it is; None when it is about something else."""
    start = f"{module}.workflows.{name}"
    if each.path == start:
        return []
    return each.path.removeprefix(f"{start}.").split(".") if each.path.startswith(f"{start}.") else None
