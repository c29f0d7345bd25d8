"""What openapi.json says of each operation, by the name of its view: a summary, the status, the body, the answer."""

from __future__ import annotations

from typing import Any

from fieldstone.metadata.rights import SHARED_ACCESS
from fieldstone.web.api.body import MOST

Schema = dict[str, Any]

ANY: Schema = {"type": "object"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
_ID: Schema = {"type": "integer", "minimum": 1}
_IDS: Schema = {"type": "array", "maxItems": MOST, "items": _ID}
_TEXT: Schema = {"type": "string"}
_NUMBERS: Schema = {"type": "object", "additionalProperties": _ID}

SAYS = {
    "list_records": "A page of {plural}",
    "suggest": "{plural} whose name fits what somebody types",
    "aggregate": "Counts and sums of {plural}, by group",
    "create": "Create: {label}",
    "read": "Read: {label}",
    "change": "Change: {label}",
    "delete": "Move to the recycle bin: {label}",
    "restore": "Bring back from the recycle bin: {label}",
    "history": "Who changed what: {label}",
    "act": "Run a manual workflow: {label}",
    "create_many": "Create many {plural}",
    "change_many": "Change many {plural}",
    "delete_many": "Delete many {plural}",
    "related": "Related records of: {label}",
    "link": "Link records to: {label}",
    "unlink": "Unlink a record from: {label}",
    "views": "The views of the list of {plural}",
    "view": "One view of the list of {plural}",
    "tags": "The tags in use: {plural}",
    "duplicates": "{plural} that look alike",
    "merge": "Merge {plural} into one of them",
    "merges": "What was merged into: {label}",
    "undo_merge": "Take a merge back",
    "comments": "Comments on: {label}",
    "comment": "Comment on: {label}",
    "change_comment": "Change a comment of one's own on: {label}",
    "remove_comment": "Remove a comment of one's own from: {label}",
    "shares": "With whom it is shared by hand: {label}",
    "share": "Share by hand: {label}",
    "unshare": "Take a share back: {label}",
    "audience": "Who sees it, and why: {label}",
    "explain_person": "What one person may do with it, and why: {label}",
    "followed": "The records that the caller follows",
    "following": "Whether the caller follows it, and who does: {label}",
    "follow": "Follow: {label}",
    "unfollow": "Follow no longer: {label}",
    "reminders": "The caller's reminders that are to come",
    "record_reminders": "The caller's reminders of: {label}",
    "remind": "Remind the caller of: {label}",
    "cancel_reminder": "Delete a reminder of the caller's",
    "notifications": "What the caller has been told",
    "mark_read": "Mark notifications as read",
    "mark_unread": "Mark notifications as unread",
    "approvals": "What the caller is asked to approve, has asked for, and has answered",
    "approve": "Approve, as somebody who was asked",
    "reject": "Reject, as somebody who was asked",
    "search": "Search the records of all modules",
    "metadata": "Modules, fields and picklists",
    "openapi": "This description",
}
STATUS = {
    **dict.fromkeys(("create", "create_many", "comment", "share", "remind"), "201"),
    **dict.fromkeys(
        ("delete", "link", "unlink", "remove_comment", "unshare", "follow", "unfollow", "cancel_reminder"), "204"
    ),
}
"""Operation → the status of its success where that is not 200."""

IDEMPOTENT = ("create", "create_many", "act", "merge", "undo_merge", "comment", "share", "remind")


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def object_of(optional: Schema | None = None, /, **required: Any) -> Schema:
    """An object with these properties."""
    return {"type": "object", "required": list(required), "properties": required | (optional or {})}


def _or_null(kind: str, **more: Any) -> Schema:
    return {"type": [kind, "null"], **more}


def _list_of(item: Schema, optional: Schema | None = None, /, **required: Any) -> Schema:
    return object_of(optional, data={"type": "array", "items": item}, **required)


_LABELLED = object_of(id=_ID, label=_TEXT)
_NAMED = _LABELLED | {"type": ["object", "null"]}
_RECORD = object_of(module=_TEXT, id=_ID, label=_TEXT)
_COMMENT = object_of(
    {"replies": {"type": "array", "items": ANY}},
    id=_ID, text=_TEXT, mentions={"type": "array", "items": _LABELLED}, by=_NAMED, at=_or_null("string"),
    edited_at=_or_null("string"), reply_to=_or_null("integer"),
)  # fmt: skip
_SHARE = object_of(
    id=_ID, principal=_NAMED, role=_or_null("string"), access={"enum": list(SHARED_ACCESS)}, until=_or_null("string"),
    by=_NAMED, at=MOMENT,
)  # fmt: skip
_REASONS: Schema = {"type": "array", "items": object_of(kind=_TEXT)}
_REMINDER = object_of(id=_ID, at=MOMENT, note=_TEXT, record=_RECORD)
_APPROVAL = object_of(
    id=_ID, message=_TEXT, state={"enum": ["waiting", "approved", "rejected", "ended"]}, need={"enum": ["one", "all"]},
    asked_by=_NAMED, asked_at=MOMENT, due_at=_or_null("string"), record=_RECORD,
    answers={"type": "array", "items": object_of(
        by=_NAMED, answer=_or_null("string"), comment=_TEXT, at=_or_null("string"),
    )},
)  # fmt: skip
_MERGED = object_of(id=_ID, module=_TEXT, keep=_ID, others=_IDS)
_VIEW = object_of(
    key=_TEXT, label=_TEXT, where=_or_null("string"), fields={"type": "array", "items": _TEXT},
    sort={"type": "array", "items": _TEXT}, group=_or_null("string"), default={"type": "boolean"},
    audience={"enum": ["layout", "private", "shared", "public"]}, owner=_NAMED,
)  # fmt: skip

_ANSWERS: dict[str, Schema] = {
    "views": _list_of(_VIEW),
    "view": _VIEW,
    "tags": _list_of(_TEXT),
    "duplicates": _list_of(
        object_of(count=_ID, records={"type": "array", "items": _LABELLED}),
        after=_or_null("integer"), capped={"type": "boolean"},
    ),
    "merge": _MERGED,
    "undo_merge": _MERGED,
    "merges": _list_of(
        object_of(id=_ID, others=_IDS, by=_NAMED, at=MOMENT, undone_at=_or_null("string"), obstacle=_or_null("object"))
    ),
    "comments": _list_of(_COMMENT, next_cursor=_or_null("string"), has_more={"type": "boolean"}),
    "comment": _COMMENT,
    "change_comment": _COMMENT,
    "shares": _list_of(_SHARE),
    "share": _SHARE,
    "audience": _list_of(
        object_of(id=_ID, label=_TEXT, edit={"type": "boolean"}, reasons=_REASONS), withheld={"type": "boolean"}
    ),
    "explain_person": object_of(id=_ID, label=_TEXT, rights=ANY, withheld={"type": "boolean"}),
    "followed": _list_of(_RECORD),
    "following": object_of(following={"type": "boolean"}, followers={"type": "array", "items": _LABELLED}),
    "reminders": _list_of(_REMINDER),
    "record_reminders": _list_of(_REMINDER),
    "remind": _REMINDER,
    "notifications": _list_of(
        object_of(
            id=_ID, at=MOMENT, kind=_TEXT, message=_TEXT, read_at=_or_null("string"), by=_NAMED,
            record=_RECORD | {"type": ["object", "null"]},
        )
    ),
    "mark_read": object_of(marked={"type": "integer"}),
    "mark_unread": object_of(marked={"type": "integer"}),
    "approvals": _list_of(_APPROVAL),
    "approve": _APPROVAL,
    "reject": _APPROVAL,
}  # fmt: skip

_BODIES: dict[str, Schema] = {
    "delete_many": object_of(ids=_IDS),
    "link": object_of({"attributes": ANY}, ids=_IDS),
    "merge": object_of({"values": _NUMBERS}, keep=_ID, others={**_IDS, "maxItems": 2}, versions=_NUMBERS),
    "comment": object_of({"reply_to": _or_null("integer")}, text=_TEXT),
    "change_comment": object_of({"reason": _TEXT}, text=_TEXT),
    "share": object_of({
        "principal": _or_null("integer"), "role": _TEXT, "access": {"enum": list(SHARED_ACCESS), "default": "read"},
        "until": _or_null("string", format="date-time"),
    }),
    "remind": object_of({"note": _TEXT}, at=MOMENT),
    "mark_read": object_of({"ids": _IDS}),
    "mark_unread": object_of(ids=_IDS),
    "approve": object_of({"comment": _TEXT}),
    "reject": object_of({"comment": _TEXT}),
}  # fmt: skip


def answer_of(name: str) -> Schema:
    """The schema of what an operation answers, where no record of a module is it."""
    return _ANSWERS.get(name, ANY)


def body_of(name: str, module: str) -> Schema | None:
    """The schema of the body of an operation, None without one. `module` "": it belongs to none."""
    records: Schema = {"type": "array", "maxItems": MOST}
    of_records: dict[str, Schema] = {
        "create": ref(f"{module}.new"),
        "change": ref(f"{module}.change"),
        "create_many": object_of(records={**records, "items": ref(f"{module}.new")}),
        "change_many": object_of(records={**records, "items": {"type": "object", "required": ["id"]}}),
    }
    return of_records.get(name) if name in of_records else _BODIES.get(name)
