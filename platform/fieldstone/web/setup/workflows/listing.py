"""The list of workflows: by module, each in words, with how often it has run of late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fieldstone.web.current import current_model, current_site
from fieldstone.web.setup.columns import moment
from fieldstone.web.setup.drafting import draft_model
from fieldstone.web.setup.workflows.drafted import module_plural_name, workflow_documents, workflow_title
from fieldstone.web.setup.workflows.problems import counts_of
from fieldstone.web.setup.workflows.words import word_condition, word_steps, word_trigger
from fieldstone.workflows.runs import RunCount, count_runs

HOME = "/setup/workflows/"
_COUNTED = timedelta(days=30)


def listed_workflows(chosen: str) -> list[dict[str, Any]]:
    """What the page draws: of one module, or of all that have workflows, those of modules that are gone last."""
    documents = workflow_documents()
    known = draft_model().modules
    modules = [name for name in known if not chosen or name == chosen]
    if not chosen:
        modules += [name for name in documents if name not in known]
    with current_site().database.read() as conn:
        counts = count_runs(conn, current_site().clock() - _COUNTED)
    wrong = counts_of()
    groups = []
    for module in modules:
        flows = documents.get(module, {}).get("workflows") or {}
        if flows or chosen:
            icon = known[module].icon if module in known else "question-circle"
            rows = [_row(module, name, entry, counts, wrong.get((module, name), 0)) for name, entry in flows.items()]
            groups.append({"name": module, "label": module_plural_name(module), "icon": icon, "rows": rows})
    return groups


def _row(
    module: str, name: str, entry: Mapping[str, Any], counts: Mapping[tuple[str, str], RunCount], wrong: int
) -> dict[str, Any]:
    known = current_model().modules.get(module)
    count = counts.get((known.identity, name)) if known else None
    condition = str(entry.get("if") or "")
    return {
        "name": name, "label": workflow_title(module, name, entry), "trigger": word_trigger(module, entry),
        "condition": condition, "in_words": word_condition(module, condition), "steps": word_steps(module, entry),
        "active": entry.get("active") is not False, "problems": wrong, "count": count,
        "last": moment(count.last_at) if count else "", "url": f"{HOME}{module}/{name}",
    }  # fmt: skip
