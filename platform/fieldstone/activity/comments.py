"""Comments on a record: read, written, answered, and changed and deleted by those who wrote them.

A comment is a record of the module that declares itself one (`ActivityDef`), saved as any record is; whom it mentions
is found and told by `activity.stage`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.definitions import ActivityDef, RelationDef
from fieldstone.records.access import require
from fieldstone.records.activity_types import ActivityPage
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Record
from fieldstone.records.service import Records

NO_COMMENTS = declare("activity.E006", "Records of {module} have no comments.", "Write a note instead.")
NO_COMMENT = declare("activity.E007", "There is no such comment of yours on this record.", "Look at the record again.")


@dataclass(frozen=True, kw_only=True)
class CommentKind:
    """How a module is commented on: by records of `relation.to`, whose fields `activity` names. `several`: these can
    be about records of several modules."""

    relation: RelationDef
    activity: ActivityDef
    several: bool
    has_reason: bool

    @property
    def module(self) -> str:
        return self.relation.to


class Comments:
    """Every method raises ForbiddenError without the right to view the module, NotFoundError activity.E006 for one
    without comments, record.E010 for a record out of reach."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def kind_of(self, actor: Actor, module: str) -> CommentKind:
        published = self._records.models.reading
        require(published, actor, module, "view")
        modules = published.model.modules
        for relation in modules[module].relations.values():
            activity = modules[relation.to].activity
            if activity is not None and activity.kind == "comment" and relation.field == activity.about:
                fields = modules[relation.to].fields
                to = fields[relation.field].to
                several = len(to) > 1 or to == ("*",)
                return CommentKind(
                    relation=relation, activity=activity, several=several, has_reason="edit_reason" in fields
                )
        raise NotFoundError(NO_COMMENTS, module=module)

    def list(self, actor: Actor, module: str, record_id: int, *, cursor: str = "", limit: int = 30) -> ActivityPage:
        """With the replies to each, the newest first. Raises InvalidInputError query.E003."""
        self.kind_of(actor, module)
        return self._records.activity(actor, module, record_id, kinds=("comments",), cursor=cursor, limit=limit)

    def add(self, actor: Actor, module: str, record_id: int, text: str, reply_to: int | None = None) -> int:
        """The id of the new comment. Replies stand one level deep: one to a reply is one to the comment it belongs to.
        Raises NotFoundError activity.E007 for a `reply_to` that is none on this record, and as a save does."""
        kind = self.kind_of(actor, module)
        record = self._records.get(actor, module, record_id, fields=("id",))
        about = RecordRef(module, record.id) if kind.several else record.id
        values: dict[str, Any] = {kind.activity.text: text, kind.relation.field: about}
        if kind.activity.reply_to and reply_to is not None:
            thread = self._records.comment_thread(actor, module, record_id, reply_to).entries
            if not thread or thread[0].record is None:
                raise NotFoundError(NO_COMMENT)
            values[kind.activity.reply_to] = thread[0].record.id
        return self._records.save(actor, [RecordChange(module=kind.module, values=values)]).records[0].id

    def own(self, actor: Actor, module: str, record_id: int, comment_id: int) -> Record:
        """A comment on this record by the actor. Raises NotFoundError activity.E007 for every other."""
        kind = self.kind_of(actor, module)
        found = self.find(actor, module, record_id, comment_id)
        if found is None or found.module != kind.module or found.values.get("created_by") != actor.user_id:
            raise NotFoundError(NO_COMMENT)
        return found

    def find(self, actor: Actor, module: str, record_id: int, comment_id: int) -> Record | None:
        """A comment or reply on this record, as the activity shows it."""
        thread = self._records.comment_thread(actor, module, record_id, comment_id).entries
        known = [each for entry in thread if entry.record for each in (entry.record, *entry.replies)]
        return next((each for each in known if each.id == comment_id), None)

    def change(self, actor: Actor, module: str, record_id: int, comment_id: int, text: str, reason: str = "") -> None:
        """Raises as `own`, and as a save does. `reason` is kept where the module has a field for it."""
        kind = self.kind_of(actor, module)
        self.own(actor, module, record_id, comment_id)
        values = {kind.activity.text: text, **({"edit_reason": reason} if kind.has_reason else {})}
        self._records.save(actor, [RecordChange(module=kind.module, id=comment_id, values=values)])

    def remove(self, actor: Actor, module: str, record_id: int, comment_id: int) -> str:
        """Move a comment of the actor's to the recycle bin; the module it is a record of. Raises as `own`, and as
        deleting does."""
        kind = self.kind_of(actor, module)
        self.own(actor, module, record_id, comment_id)
        self._records.delete(actor, kind.module, [comment_id])
        return kind.module
