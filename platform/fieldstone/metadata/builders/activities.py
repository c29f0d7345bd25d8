"""How a module takes part in the activity of other records, when its records happen, and when they remind."""

from __future__ import annotations

from fieldstone.metadata.definitions import ActivityDef, OccursDef, ReminderDef
from fieldstone.metadata.nodes import MappingNode


def build_activity(root: MappingNode) -> ActivityDef | None:
    node = root.find("activity")
    if not isinstance(node, MappingNode):
        return None
    return ActivityDef(
        about=node.text("about"),
        kind=node.text("kind", "entry"),
        text=node.text("text"),
        done=node.text("done"),
        reply_to=node.text("reply_to"),
        edited_at=node.text("edited_at"),
        pinned=node.text("pinned"),
    )


def build_reminder(root: MappingNode) -> ReminderDef | None:
    node = root.find("reminder")
    if not isinstance(node, MappingNode):
        return None
    return ReminderDef(
        at=node.text("at"),
        before=node.text("before"),
        time=node.text("time", "09:00"),
        condition=node.text("if").strip(),
    )


def build_occurs(root: MappingNode) -> OccursDef | None:
    node = root.find("occurs")
    if not isinstance(node, MappingNode):
        return None
    return OccursDef(
        start=node.text("start"),
        end=node.text("end"),
        all_day=node.text("all_day"),
        zone=node.text("zone"),
        repeat=node.text("repeat"),
        series=node.text("series"),
    )
