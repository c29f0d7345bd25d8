"""One change of a plan in one line."""

from __future__ import annotations

from fieldstone.changes.plan import PlannedChange


def change_line(change: PlannedChange) -> str:
    """Marked + when it adds, ~ when it changes, ! when it loses something; with its effect on data behind."""
    effects = []
    if change.lost:
        effects.append(f"{change.lost} values lost")
    elif change.rows:
        effects.append(f"{change.rows} rows")
    if change.lock != "none":
        effects.append(f"{change.lock} lock")
    if not change.reversible:
        effects.append("cannot be rolled back")
    mark = "!" if change.destructive else "+" if change.kind.startswith("add") else "~"
    words = change.kind.replace("_", " ")
    return f"  {mark} {words} {change.target}" + (f"  ({', '.join(effects)})" if effects else "")
