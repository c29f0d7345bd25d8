"""People talk about a record: who is told, what is kept, and what everybody may see of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from activity.conftest import Talk
from fieldstone.activity.choices import Choice
from fieldstone.activity.mentions import mentioned, resolve_mentions, typed_mentions
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.errors import NotFoundError, ValidationError
from fieldstone.records.activity_types import ActivityEntry
from fieldstone.records.query_types import Record
from fieldstone.records.writing import write


def test_people_talk_about_records(talk: Talk) -> None:
    """On one site, since making one takes longer than all of this."""
    _a_conversation_about_a_deal(talk)
    _the_stream_is_whole_and_shows_what_may_be_seen(talk)
    _reminders_come_once_in_time(talk)
    _mentions_are_read_as_they_were_typed(talk)


def _a_conversation_about_a_deal(talk: Talk) -> None:
    anna, ben, cleo, records = talk.anna, talk.ben, talk.cleo, talk.site.records
    deal = talk.save(anna, "opportunity", name="Ward tablets", amount="5", stage="proposal")
    about = RecordRef("opportunity", deal)

    # Ben mentions two people; the one who may not see the deal is told nothing, at any door.
    first = talk.save(ben, "comment", related_to=about, text="@anna, look: <b>bold</b>. And @cleo and @nobody")
    text = records.get(ben, "comment", first).values["text"]
    assert text == (
        f"@[Anna (X)](user:{anna.user_id}), look: <b>bold</b>. And @[Cleo (X)](user:{cleo.user_id}) and @nobody"
    )
    (told,) = talk.told(anna)
    assert (told.kind, told.message, told.by) == ("mention", "Ben [X] mentioned you", ben.user_id)
    assert (told.module, told.record_id, told.entry) == ("opportunity", deal, ("comment", first))
    assert talk.told(cleo) == []
    assert talk.told(ben) == []
    ((to, subject, mail),) = talk.mails()
    assert (to, subject) == ("anna@example.com", "Ben [X] mentioned you: Ward tablets")
    assert "> @Anna (X), look: <b>bold</b>." in mail
    assert f"/m/opportunity/{deal}?comment={first}" in mail

    # Who created, commented or was mentioned follows; a reply reaches Ben, in his language.
    assert [each.label for each in talk.site.activity.follows.followers(ben, "opportunity", deal)] == [
        "Anna [X]", "Ben [X]",
    ]  # fmt: skip
    talk.save(anna, "comment", related_to=about, text="Done", reply_to=first)
    assert talk.messages(ben) == [("comment", "Anna [X] 回复了评论")]

    # Several changes in one save are told once; the new owner is told apart.
    admin = talk.site.accounts.operator()
    talk.save(admin, "opportunity", deal, stage="negotiation", owner=cleo.user_id, amount="6")
    assert talk.messages(ben) == [("change", "admin 将阶段从“方案报价”改为“商务谈判”\nadmin 将负责人改为 Cleo [X]")]
    assert talk.messages(cleo) == [("assigned", "admin made you the owner")]
    talk.save(admin, "opportunity", deal, owner=ben.user_id, stage="engaging")
    assert talk.messages(ben) == [("assigned", "admin 将您设为负责人\nadmin 将阶段从“商务谈判”改为“深入沟通”")]
    talk.save(admin, "opportunity", deal, owner=cleo.user_id, stage="negotiation")
    for each in (ben, cleo):
        talk.told(each)
    assert talk.messages(anna) == []
    # The deal is out of Anna's reach now: she follows it still, but hears no more of it.
    talk.save(cleo, "comment", related_to=about, text="Mine now")
    assert talk.messages(anna) == []
    assert talk.messages(ben) == [("comment", "Cleo [X] 发表了评论")]
    with pytest.raises(NotFoundError):
        talk.site.activity.follows.follow(anna, "opportunity", deal)

    # Who has stopped is not made to follow again, and choices are heeded.
    talk.site.activity.follows.follow(ben, "opportunity", deal, follows=False)
    talk.save(ben, "comment", related_to=about, text="Last word")
    talk.messages(cleo)
    talk.save(cleo, "comment", related_to=about, text="No, this")
    assert talk.messages(ben) == []
    talk.site.activity.choices.save(ben.user_id or 0, {"mention": Choice(app=False, mail=False)})
    talk.mails()
    talk.save(cleo, "comment", related_to=about, text="Ask @ben.")
    assert talk.messages(ben) == []
    assert talk.mails() == []

    # Only its author changes a comment; that it was changed is shown, and the former text is kept.
    with pytest.raises(ValidationError):
        talk.save(cleo, "comment", first, text="I never said that")
    talk.save(ben, "comment", first, text="Look, @cleo", edit_reason="Too many names")
    edited = records.get(ben, "comment", first)
    assert edited.values["edited_at"] == talk.clock.now
    assert any(
        change.field == "text" and "<b>" in change.old for change in records.history(ben, "comment", first)[0].changes
    )
    assert talk.messages(cleo) == []  # mentioned before


def _the_stream_is_whole_and_shows_what_may_be_seen(talk: Talk) -> None:
    anna, ben, cleo, records = talk.anna, talk.ben, talk.cleo, talk.site.records
    deal = talk.save(cleo, "opportunity", name="Beds", stage="prospecting")
    about = RecordRef("opportunity", deal)
    for number in range(4):
        talk.save(cleo, "comment", related_to=about, text=f"Comment {number}")
        talk.save(cleo, "opportunity", deal, amount=str(number + 1))
    root = talk.save(ben, "comment", related_to=about, text="Thread")
    for number in range(3):
        talk.save(cleo, "comment", related_to=about, text=f"Reply {number}", reply_to=root)
    mine = talk.save(cleo, "task", subject="Call", related_to=about)
    hidden = talk.save(ben, "task", subject="Check the price", related_to=about)
    talk.save(cleo, "opportunity", deal, stage="proposal")  # a workflow makes a task
    talk.save(cleo, "task", mine, status="completed")
    note = talk.save(ben, "note", title="Known", text="They pay late", related_to=about, pinned=True)

    def whole(limit: int, kinds: tuple[str, ...] = ()) -> list[ActivityEntry]:
        found: list[ActivityEntry] = []
        cursor = ""
        while True:
            page = records.activity(cleo, "opportunity", deal, kinds=kinds, cursor=cursor, limit=limit)
            assert 0 < len(page.entries) <= limit
            found += page.entries
            cursor = page.next_cursor
            if not cursor:
                return found

    stream = whole(100)
    assert [entry.at for entry in stream] == sorted((entry.at for entry in stream), reverse=True)
    assert [_key(entry) for entry in whole(4)] == [_key(entry) for entry in stream]
    kinds = [entry.kind for entry in stream]
    assert {kind: kinds.count(kind) for kind in kinds} == {"change": 6, "comment": 5, "added": 3, "done": 1}
    thread = next(
        entry for entry in stream if entry.record and (entry.record.module, entry.record.id) == ("comment", root)
    )
    assert [reply.values["text"] for reply in thread.replies] == ["Reply 0", "Reply 1", "Reply 2"]
    tasks = {entry.record.id: entry.via for entry in stream if entry.record and entry.record.module == "task"}
    assert tasks == {mine: "", mine + 2: "workflow:opportunity.proposal_follow_up"}
    assert hidden == mine + 1
    assert {entry.kind for entry in whole(2, ("comments",))} == {"comment"}
    assert [_key(entry) for entry in whole(2, ("changes",))] == [_key(e) for e in stream if e.kind == "change"]
    assert [record.id for record in records.activity(cleo, "opportunity", deal).pinned] == [note]
    reply: Record = thread.replies[1]
    (found,) = records.comment_thread(cleo, "opportunity", deal, reply.id).entries
    assert _key(found) == _key(thread)
    with pytest.raises(NotFoundError):
        records.activity(anna, "opportunity", deal)
    other = talk.save(anna, "opportunity", name="Own", stage="prospecting")
    assert records.comment_thread(anna, "opportunity", other, root).entries == []


def _key(entry: ActivityEntry) -> tuple[object, ...]:
    if entry.change is not None:
        return "change", entry.change.id
    assert entry.record is not None
    return entry.kind, entry.record.module, entry.record.id


def _reminders_come_once_in_time(talk: Talk) -> None:
    anna, ben, clock, reminders = talk.anna, talk.ben, talk.clock, talk.site.activity.reminders
    workers = [talk.site.worker("one"), talk.site.worker("two")]

    def pass_until(moment: str) -> None:
        """Both workers look every minute, and both at once."""
        clock.now = clock.now.fromisoformat(moment)
        for _ in range(2):
            for worker in workers:
                assert worker._scheduler is not None
                worker._scheduler.tick()
            for worker in workers:
                worker.run_due()
            clock.advance(minutes=1)

    # The clocks go forward on 29 March; nine o'clock stays nine o'clock.
    task = talk.save(anna, "task", subject="Send the offer", due_date="2026-03-30", reminder="1 day")
    ended = talk.save(anna, "task", subject="Nothing left to do", due_date="2026-03-30", reminder="1 day")
    talk.save(anna, "task", ended, status="completed")
    event = talk.save(anna, "event", subject="Visit", starts_at="2026-03-30T08:00:00Z", reminder="30 min")
    talk.save(anna, "event", event, starts_at="2026-03-30T10:00:00Z")
    weekly = {"repeat": "FREQ=WEEKLY\nEXDATE:20260405", "zone": "Europe/Berlin", "reminder": "1 h"}
    talk.save(anna, "event", subject="Stroll", starts_at="2026-03-22T08:00:00Z", **weekly)
    memo = reminders.add(anna, "task", task, clock.now + timedelta(days=30), "Ask for news")
    assert [(each.id, each.label) for each in reminders.list(anna, "task", task)] == [(memo, "Send the offer")]
    assert reminders.list(ben) == []
    with pytest.raises(NotFoundError):
        reminders.cancel(ben, memo)
    # A series reminds of its next occurrence, at nine by the clock whatever that does.
    pass_until("2026-03-22T07:00:00+00:00")
    assert talk.messages(anna) == [("reminder", "Reminder for 22 Mar 2026, 09:00")]
    talk.mails()
    pass_until("2026-03-29T05:50:00+00:00")
    assert talk.told(anna) == []
    pass_until("2026-03-29T06:00:00+00:00")
    assert talk.messages(anna) == [("reminder", "Reminder for 29 Mar 2026, 09:00")]
    talk.mails()
    pass_until("2026-03-29T06:50:00+00:00")
    assert talk.told(anna) == []
    pass_until("2026-03-29T07:00:00+00:00")
    (told,) = talk.told(anna)
    assert (told.kind, told.message, told.record_id) == ("reminder", "Reminder for 30 Mar 2026", task)
    ((to, subject, _),) = talk.mails()
    assert (to, subject) == ("anna@example.com", "Reminder for 30 Mar 2026: Send the offer")
    pass_until("2026-03-30T07:31:00+00:00")  # where the visit was planned first
    assert talk.told(anna) == []
    reminders.snooze(anna, told.id, clock.now + timedelta(hours=1))
    pass_until("2026-03-30T09:30:00+00:00")
    assert {message for _, message in talk.messages(anna)} == {"Reminder", "Reminder for 30 Mar 2026, 12:00"}
    pass_until("2026-04-02T09:00:00+00:00")
    assert talk.messages(anna) == [("reminder", "Reminder: Ask for news")]
    assert reminders.list(anna) == []
    # Two workers at the same moment deliver it once.
    delivery = talk.site.activity.delivery.deliver
    both = reminders.add(anna, "task", task, clock.now + timedelta(minutes=1), "Once")
    clock.advance(minutes=2)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(lambda _: write(talk.site.models, delivery), range(2))) == [0, 1]
    assert talk.messages(anna) == [("reminder", "Reminder: Once")]
    with pytest.raises(NotFoundError):
        reminders.cancel(anna, both)
    # What is out of reach by then is not told, and no time in the past is taken.
    other = reminders.add(anna, "task", task, clock.now + timedelta(days=1), "Mine?")
    talk.save(ben, "task", task, owner=ben.user_id)
    talk.messages(anna)
    pass_until("2026-04-05T09:00:00+00:00")
    assert talk.messages(anna) == []
    with pytest.raises(NotFoundError):
        reminders.cancel(anna, other)


def _mentions_are_read_as_they_were_typed(talk: Talk) -> None:
    """What is kept of a text, typed again, is kept as the same; and only names of people become mentions."""
    anna, cleo = (
        f"@[{each.name.replace('[', '(').replace(']', ')')}](user:{each.user_id})" for each in (talk.anna, talk.cleo)
    )
    texts = {
        "@anna": anna,
        "(@ANNA), @cleo: and @anna.": f"({anna}), {cleo}: and {anna}.",
        "mail anna@anna.com or a/@anna": "mail anna@anna.com or a/@anna",
        "@anna@cleo @annabel @ @@anna": f"{anna}@cleo @annabel @ @@anna",
        f"kept {anna} typed @cleo": f"kept {anna} typed {cleo}",
        "请@anna看一下": f"请{anna}看一下",
        "您好，@cleo，请看": f"您好，{cleo}，请看",
        "@[Anna](user:999999999) @[x](user:no)": "@[Anna](user:999999999) @[x](user:no)",
    }
    with talk.site.database.read() as conn:
        stored = resolve_mentions(conn, texts)
        for typed, kept in texts.items():
            assert stored(typed) == kept
            again = typed_mentions(conn, kept)
            assert resolve_mentions(conn, [again])(again) == kept
    assert mentioned(texts["您好，@cleo，请看"]) == {talk.cleo.user_id}
