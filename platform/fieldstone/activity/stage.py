"""The part of people in every save: mentions are kept by identity, followers and owners are told, dates remind.

A `SaveStage`, so that it holds at every door. Nobody is told of what an import or a hand-over does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.activity.changes import Doer, word_owner, word_stage
from fieldstone.activity.follows import followers_of, make_follow
from fieldstone.activity.mentions import mentioned, resolve_mentions
from fieldstone.activity.notices import Notice, Notices, Telling, visible_to
from fieldstone.activity.people import Person, people_of
from fieldstone.activity.record_reminders import RecordReminders
from fieldstone.activity.series import SeriesGoOn, goes_on
from fieldstone.activity.words import word
from fieldstone.fields.values import RecordRef
from fieldstone.metadata.definitions import ActivityDef, ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.records.people import principal_labels
from fieldstone.records.save.grouping import by_module
from fieldstone.records.stages import SaveRow, SaveWork

_SILENT = frozenset({"import", "hand_over"})


class ActivityStage:
    def __init__(self, notices: Notices, reminders: RecordReminders, series: SeriesGoOn) -> None:
        self._series = series
        self._notices = notices
        self._reminders = reminders

    def concerns(self, work: SaveWork) -> bool:
        """Whether there is anything to do before the save: comments are looked at then, and what repeats until it
        is done."""
        modules = work.published.model.modules
        return any(_is_comment(modules[row.module]) or goes_on(modules[row.module]) for row in work.rows)

    def before_save(self, work: SaveWork) -> None:
        """Step 6: what was typed as @username becomes a mention that survives a change of names; what is done does not
        repeat."""
        self._series.before_save(work)
        modules = work.published.model.modules
        found = []
        for row in work.rows:
            activity = modules[row.module].activity
            if activity is None or activity.kind != "comment" or not activity.text:
                continue
            text = row.values.get(activity.text)
            if activity.text in row.given and isinstance(text, str) and "@" in text:
                found.append((row, activity.text, text))
        if found:
            stored = resolve_mentions(work.connection, [text for _, _, text in found])
            for row, name, text in found:
                row.values[name] = stored(text)

    def after_save(self, work: SaveWork) -> None:
        """Step 12, after the workflows."""
        modules = work.published.model.modules
        self._reminders.follow_dates(work)
        self._series.after_save(work)
        if any(part.partition(":")[0] in _SILENT for part in work.via.split()):
            return
        telling = Telling(conn=work.connection, published=work.published, now=work.now, by=work.actor.user_id)
        follows: list[tuple[str, int, int]] = []
        for module, rows in by_module(work.rows).items():
            definition, live = modules[module], [row for row in rows if not row.deleted and not row.restored]
            if _is_comment(definition):
                assert definition.activity is not None
                self._comments(work, definition, definition.activity, live, telling, follows)
            elif not definition.hidden:
                self._changes(work, definition, live, telling, follows)
        self._notices.tell(telling)
        make_follow(work.connection, follows, work.now)

    def _changes(
        self,
        work: SaveWork,
        module: ModuleDef,
        rows: Sequence[SaveRow],
        telling: Telling,
        follows: list[tuple[str, int, int]],
    ) -> None:
        stage = _stage_of(work.published.model, module)
        told = [row for row in rows if row.old is not None and not row.changed.isdisjoint(("owner", stage))]
        new = [row for row in rows if row.created]
        owned = [row for row in (*new, *told) if "owner" in row.changed and row.values.get("owner") is not None]
        if not told and not new:
            return
        me = work.actor.user_id
        if me is not None:
            follows += [(module.identity, row.id, me) for row in new]
        doer = Doer.of(work.published.model, work.actor)
        for row in owned:
            owner = row.values["owner"]
            if owner != me:
                follows.append((module.identity, row.id, owner))
                telling.add(_notice(owner, "assigned", row, _assigned(doer)))
        if not told:
            return
        followers = followers_of(work.connection, module.identity, [row.id for row in told])
        owners = principal_labels(work.connection, [row.values.get("owner") for row in told if "owner" in row.changed])
        for row in told:
            for user_id in followers.get(row.id, ()):
                if stage in row.changed:
                    telling.add(_notice(user_id, "change", row, self._moved(work, doer, row, stage)))
                if "owner" in row.changed and user_id != row.values.get("owner"):
                    name = owners.get(row.values.get("owner") or 0, "")
                    telling.add(_notice(user_id, "change", row, self._owned(work, doer, row, name)))

    def _moved(self, work: SaveWork, doer: Doer, row: SaveRow, stage: str) -> Any:
        return lambda person: word_stage(work.published, person, doer, row, stage)

    def _owned(self, work: SaveWork, doer: Doer, row: SaveRow, owner: str) -> Any:
        return lambda person: word_owner(work.published, person, doer, row, owner)

    def _comments(
        self,
        work: SaveWork,
        module: ModuleDef,
        activity: ActivityDef,
        rows: Sequence[SaveRow],
        telling: Telling,
        follows: list[tuple[str, int, int]],
    ) -> None:
        """Mentioned people are told of being mentioned, followers of a new comment."""
        about = {row.id: _record(module, activity.about, row.values) for row in rows}
        rows = [row for row in rows if about[row.id] is not None and (row.created or activity.text in row.changed)]
        if not rows:
            return
        modules, conn = work.published.model.modules, work.connection
        named = {row.id: _newly_mentioned(activity, row) for row in rows}
        people = people_of(conn, work.published.model, {work.actor.user_id, *frozenset().union(*named.values())})
        followers: dict[tuple[str, int], frozenset[int]] = {}
        for target in {ref.module for ref in about.values() if ref is not None}:
            ids = [ref.id for ref in about.values() if ref is not None and ref.module == target]
            found = followers_of(conn, modules[target].identity, ids)
            followers.update({(target, id): users for id, users in found.items()})
        doer = Doer.of(work.published.model, work.actor)
        for row in rows:
            ref = about[row.id]
            assert ref is not None
            entry = (row.module, row.id, str(row.values.get(activity.text) or ""))
            kind = "reply" if activity.reply_to and row.values.get(activity.reply_to) is not None else "comment"
            for user_id in named[row.id]:
                telling.add(_entry(user_id, "mention", ref, _worded(doer, "mention"), entry))
            if row.created:
                for user_id in followers.get((ref.module, ref.id), frozenset()):
                    telling.add(_entry(user_id, "comment", ref, _worded(doer, kind), entry))
            identity = modules[ref.module].identity
            if row.created and work.actor.user_id in people:
                follows.append((identity, ref.id, people[work.actor.user_id].id))  # type: ignore[index]
            follows += [
                (identity, ref.id, user_id)
                for user_id in named[row.id]
                if user_id in people and visible_to(conn, work.published, people[user_id], ref.module, [ref.id])
            ]


def _is_comment(module: ModuleDef) -> bool:
    return module.activity is not None and module.activity.kind == "comment"


def _stage_of(model: AppModel, module: ModuleDef) -> str:
    layout = model.layouts.get(module.name)
    stage = layout.path if layout is not None else ""
    return stage if stage in module.fields else ""


def _record(module: ModuleDef, about: str, values: Mapping[str, Any]) -> RecordRef | None:
    value = values.get(about)
    if isinstance(value, RecordRef):
        return value
    return RecordRef(module.fields[about].to[0], value) if isinstance(value, int) else None


def _newly_mentioned(activity: ActivityDef, row: SaveRow) -> frozenset[int]:
    if not activity.text or activity.text not in row.changed:
        return frozenset()
    before = mentioned(row.old[activity.text]) if row.old is not None else frozenset()
    return mentioned(row.values.get(activity.text)) - before


def _notice(user_id: int, kind: str, row: SaveRow, words: Any) -> Notice:
    return Notice(user_id=user_id, kind=kind, module=row.module, record_id=row.id, words=words)


def _entry(user_id: int, kind: str, ref: RecordRef, words: Any, entry: tuple[str, int, str]) -> Notice:
    return Notice(user_id=user_id, kind=kind, module=ref.module, record_id=ref.id, words=words, entry=entry)


def _assigned(doer: Doer) -> Any:
    return _worded(doer, "assigned")


def _worded(doer: Doer, key: str) -> Any:
    def words(person: Person) -> str:
        language = person.actor.language
        return word(key, language, who=doer.word(language))

    return words
