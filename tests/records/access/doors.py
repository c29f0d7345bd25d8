"""Every public method of Records, and what somebody might try through it to learn or change what is not theirs.

A method that is missing here fails the test: whoever adds a door says what is tried at it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.metadata.definitions import Grants
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.records.merge.order import MergeOrder
from fieldstone.records.query_types import Query
from records.access.company import Company, role

EVERYTHING = ("view", "create", "edit", "delete", "import", "export", "mass_edit", "report")
SECRETS = ("987654", "1975308", "zebra", "Faraway")
"""A hidden figure, what is computed from it, a hidden word, the name of a record out of reach."""

REFUSALS = frozenset({
    "access.E003", "access.E004", "access.E005", "record.E001", "record.E010", "record.E031", "record.E032",
    "record.E037", "record.E033", "access.E022", "query.E014",
})  # fmt: skip


class Office:
    """`rep` sees own records only; `margin` and `remark` of opportunities are hidden, `amount` cannot be changed."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.records = company.records
        limits = {"opportunity": {"margin": "hidden", "remark": "hidden", "amount": "read"}}
        modules = {"*": dict.fromkeys(EVERYTHING, "own")}
        company.govern({
            "rep": role("rep", Grants(modules=modules, fields=limits, tools=frozenset({"merge", "share"}))),
            "boss": role("boss", Grants(modules={"*": dict.fromkeys(EVERYTHING, "all")})),
        })  # fmt: skip
        self.records = company.records
        self.rep = company.hire("rep", "rep")
        self.boss = company.hire("boss", "boss")
        mine = self.rep.user_id
        (self.acme,) = company.save("organization", {"name": "Acme", "owner": mine})
        (self.away,) = company.save("organization", {"name": "Faraway Inc"})
        (self.bo,) = company.save("contact", {"name": "Bo", "organization": self.acme, "owner": mine})
        (self.farmer,) = company.save("contact", {"name": "Faraway Farmer"})
        secret = {"margin": 987654, "remark": "zebra", "amount": 5}
        self.mine, self.twin, self.gone = company.save(
            "opportunity",
            {"name": "Mine", "organization": self.acme, "owner": mine, **secret},
            {"name": "Same", "organization": self.acme, "owner": mine, **secret},
            {"name": "Gone", "owner": mine, **secret},
        )
        (self.foreign, self.foreign_gone) = company.save(
            "opportunity", {"name": "Faraway", "organization": self.acme, **secret}, {"name": "Faraway too", **secret}
        )
        self.records.delete(SYSTEM, "opportunity", [self.gone, self.foreign_gone])
        changed = {"margin": 987655, "name": "Mine"}
        self.records.save(SYSTEM, [RecordChange(module="opportunity", id=self.mine, values=changed)])
        self.records.save(SYSTEM, [RecordChange(module="opportunity", id=self.mine, values={"margin": 987654})])
        self.records.link(SYSTEM, "opportunity", self.mine, "helpers", [self.farmer])
        twins = company.save("contact", {"name": "Faraway Twin"}, {"name": "Faraway Twain"})
        order = MergeOrder(module="contact", keep=twins[0], others=twins[1:])
        self.merged = self.records.merge(SYSTEM, order).id
        self.entry = self.records.history(SYSTEM, "opportunity", self.mine, 2)[1].id

    def save(self, **values: Any) -> Any:
        return self.records.save(self.rep, [RecordChange(module="opportunity", id=self.mine, values=values)])

    def state(self) -> list[dict[str, Any]]:
        """What must stay as it is: all that is foreign, and the hidden fields of what is mine."""
        foreign = self.records.fetch(SYSTEM, "opportunity", [self.foreign])
        foreign += self.records.fetch(SYSTEM, "opportunity", [self.foreign_gone], deleted=True)
        foreign += self.records.fetch(SYSTEM, "organization", [self.away], fields=("name", "owner", "version"))
        mine = [self.mine, self.twin, self.gone]
        for deleted in (False, True):
            hidden = ("margin", "remark", "amount")
            foreign += self.records.fetch(SYSTEM, "opportunity", mine, fields=hidden, deleted=deleted)
        return [each.values for each in foreign]


@dataclass(frozen=True)
class Try:
    """`refused`: it must fail, else it may succeed as long as nothing comes out and nothing changes."""

    do: Callable[[Office, Actor], Any]
    refused: bool = True


def _change(**values: Any) -> Callable[[Office, Actor], Any]:
    return lambda at, actor: at.records.save(
        actor, [RecordChange(module="opportunity", id=at.mine, values=values)], options=SaveOptions()
    )


def _query(**query: Any) -> Callable[[Office, Actor], Any]:
    return lambda at, actor: at.records.query(actor, "opportunity", Query(**query))


def _merge(keep: str, other: str, *chosen: str) -> Callable[[Office, Actor], Any]:
    def do(at: Office, actor: Actor) -> Any:
        kept, gone = getattr(at, keep), getattr(at, other)
        order = MergeOrder(module="opportunity", keep=kept, others=[gone], choices=dict.fromkeys(chosen, gone))
        return at.records.merge(actor, order)

    return do


_HIDDEN_WHERE = (
    "margin > 5", "remark == 'zebra'", "is_empty(margin)", "profit > 5", "amount > 0 or margin > 0",
    "contains(remark, 'z')", "name == remark",
)  # fmt: skip

DOORS: dict[str, list[Try]] = {
    "get": [
        Try(lambda at, actor: at.records.get(actor, "opportunity", at.mine), refused=False),
        Try(lambda at, actor: at.records.get(actor, "opportunity", at.mine, fields=("margin",))),
        Try(lambda at, actor: at.records.get(actor, "opportunity", at.mine, fields=("profit",))),
        Try(lambda at, actor: at.records.get(actor, "opportunity", at.foreign)),
        Try(lambda at, actor: at.records.get(actor, "opportunity", at.foreign_gone, deleted=True)),
        Try(lambda at, actor: at.records.get(actor, "opportunity", at.gone, deleted=True), refused=False),
        Try(lambda at, actor: at.records.get(actor, "organization", at.acme, fields=("total",))),
        Try(lambda at, actor: at.records.get(actor, "organization", at.acme), refused=False),
    ],
    "fetch": [
        Try(lambda at, actor: at.records.fetch(actor, "opportunity", [at.mine, at.foreign]), refused=False),
        Try(lambda at, actor: at.records.fetch(actor, "opportunity", [at.mine], fields=("name", "remark"))),
        Try(lambda at, actor: at.records.fetch(actor, "quote", [1], fields=("opportunity.margin",))),
    ],
    "require_version": [Try(lambda at, actor: at.records.require_version(actor, "opportunity", at.foreign, 1))],
    "query": [
        Try(_query(), refused=False),
        *(Try(_query(where=where)) for where in _HIDDEN_WHERE),
        *(Try(_query(sort=(sort,))) for sort in ("margin", "-remark", "profit", "name", "-margin")[:3]),
        Try(_query(fields=("margin",))),
        Try(_query(fields=("remark", "name"))),
        Try(lambda at, actor: at.records.query(actor, "quote", Query(where="opportunity.margin > 0"))),
        Try(lambda at, actor: at.records.query(actor, "quote", Query(sort=("opportunity.remark",)))),
        Try(lambda at, actor: at.records.query(actor, "quote", Query(fields=("opportunity.profit",)))),
        Try(_query(where=f"organization.name == '{SECRETS[3]} Inc'"), refused=False),
    ],
    "activity": [
        Try(lambda at, actor: at.records.activity(actor, "opportunity", at.mine), refused=False),
        Try(lambda at, actor: at.records.activity(actor, "opportunity", at.foreign)),
        Try(lambda at, actor: at.records.activity(actor, "opportunity", at.foreign_gone)),
    ],
    "comment_thread": [
        Try(lambda at, actor: at.records.comment_thread(actor, "opportunity", at.mine, 1), refused=False),
        Try(lambda at, actor: at.records.comment_thread(actor, "opportunity", at.foreign, 1)),
    ],
    "alike": [
        Try(lambda at, actor: at.records.alike(actor, "opportunity", ["name"]), refused=False),
        Try(lambda at, actor: at.records.alike(actor, "opportunity", ["margin"])),
        Try(lambda at, actor: at.records.alike(actor, "opportunity", ["remark", "name"])),
        Try(lambda at, actor: at.records.alike(actor, "opportunity", ["name"], where="margin > 0")),
    ],
    "moving": [
        Try(lambda at, actor: at.records.moving(actor, "organization", at.acme, ()), refused=False),
        Try(lambda at, actor: at.records.moving(actor, "organization", at.away, ()), refused=False),
    ],
    "merge": [
        Try(_merge("foreign", "mine")),
        Try(_merge("mine", "foreign")),
        Try(_merge("mine", "foreign_gone")),
        *(Try(_merge("mine", "twin", name)) for name in ("margin", "remark", "amount", "profit")),
    ],
    "merges": [
        Try(lambda at, actor: at.records.merges(actor, "opportunity", at.mine), refused=False),
        Try(lambda at, actor: at.records.merges(actor, "opportunity", at.foreign)),
    ],
    "merged_into": [
        Try(lambda at, actor: at.records.merged_into(actor, "opportunity", [at.gone, at.foreign_gone]), refused=False),
        Try(lambda at, actor: at.records.merged_into(actor, "contact", range(1, 99)), refused=False),
    ],
    "undo_merge": [Try(lambda at, actor: at.records.undo_merge(actor, at.merged))],
    "neighbours": [
        Try(lambda at, actor: at.records.neighbours(actor, "opportunity", at.mine, Query()), refused=False),
        Try(lambda at, actor: at.records.neighbours(actor, "opportunity", at.foreign, Query()), refused=False),
        Try(lambda at, actor: at.records.neighbours(actor, "opportunity", at.mine, Query(where="margin > 0"))),
        Try(lambda at, actor: at.records.neighbours(actor, "opportunity", at.mine, Query(sort=("remark",)))),
    ],
    "related": [
        Try(lambda at, actor: at.records.related(actor, "organization", at.acme, "deals", Query()), refused=False),
        Try(lambda at, actor: at.records.related(actor, "organization", at.acme, "deals", Query(where="margin > 0"))),
        Try(lambda at, actor: at.records.related(actor, "organization", at.away, "deals", Query())),
        Try(lambda at, actor: at.records.related(actor, "opportunity", at.mine, "helpers", Query()), refused=False),
    ],
    "stage_ages": [
        Try(lambda at, actor: at.records.stage_ages(actor, "opportunity", "stage", [at.foreign]), refused=False),
        Try(lambda at, actor: at.records.stage_ages(actor, "opportunity", "remark", [at.mine]), refused=False),
    ],
    "count_related": [
        Try(lambda at, actor: at.records.count_related(actor, "organization", at.away, "deals")),
        Try(lambda at, actor: at.records.count_related(actor, "organization", at.acme, "deals", "remark != ''")),
    ],
    "count": [
        Try(lambda at, actor, where=where: at.records.count(actor, "opportunity", where)) for where in _HIDDEN_WHERE
    ],
    "aggregate": [
        Try(lambda at, actor: at.records.aggregate(actor, "opportunity", group=("remark",))),
        Try(lambda at, actor: at.records.aggregate(actor, "opportunity", group=("margin > 100",))),
        Try(lambda at, actor: at.records.aggregate(actor, "opportunity", measures=("sum(margin)",))),
        Try(lambda at, actor: at.records.aggregate(actor, "opportunity", measures=("max(profit)",))),
        Try(lambda at, actor: at.records.aggregate(actor, "opportunity", where="margin > 1")),
        Try(lambda at, actor: at.records.aggregate(actor, "opportunity", group=("name",)), refused=False),
    ],
    "totals": [
        Try(lambda at, actor: at.records.totals(actor, "opportunity", by="remark")),
        Try(lambda at, actor: at.records.totals(actor, "opportunity", measures=("sum(margin)",))),
        Try(lambda at, actor: at.records.totals(actor, "opportunity", measures=("max(profit)",))),
        Try(lambda at, actor: at.records.totals(actor, "opportunity", by="stage", where="margin > 1")),
        Try(lambda at, actor: at.records.totals(actor, "opportunity", by="stage"), refused=False),
    ],
    "suggest": [
        Try(lambda at, actor, text=text: at.records.suggest(actor, "opportunity", text), refused=False)
        for text in ("", "zeb", "ebra", "Far", "987", "Mi", "araway")
    ],
    "resembling": [
        Try(lambda at, actor, name=name: at.records.resembling(actor, "opportunity", {"name": name}), refused=False)
        for name in ("Faraway", "Mine zebra")
    ],
    "search": [
        Try(lambda at, actor, text=text: at.records.search(actor, text), refused=False)
        for text in ("zebra", "zeb", "Faraway", "Mine zebra", "Mine", "987654")
    ],
    "labels": [
        Try(lambda at, actor: at.records.labels(actor, {"opportunity": [at.mine, at.foreign], "contact": [at.farmer]}),
            refused=False),
    ],
    "within_reach": [
        Try(lambda at, actor: at.records.within_reach(actor, "opportunity", [at.foreign], "view"), refused=False),
    ],
    "history": [
        Try(lambda at, actor: at.records.history(actor, "opportunity", at.mine), refused=False),
        Try(lambda at, actor: at.records.history(actor, "opportunity", at.foreign)),
        Try(lambda at, actor: at.records.history(actor, "opportunity", at.foreign_gone)),
    ],
    "export": [
        Try(lambda at, actor: b"".join(at.records.export(actor, "opportunity")), refused=False),
        Try(lambda at, actor: b"".join(at.records.export(actor, "opportunity", form="json")), refused=False),
        Try(lambda at, actor: b"".join(at.records.export(actor, "opportunity", fields=("name", "margin")))),
        Try(lambda at, actor: b"".join(at.records.export(actor, "opportunity", where="remark == 'zebra'"))),
        Try(lambda at, actor: b"".join(at.records.export(actor, "opportunity", sort=("margin",)))),
    ],
    "shares": [Try(lambda at, actor: at.records.shares(actor, "opportunity", at.foreign))],
    "audience": [Try(lambda at, actor: at.records.audience(actor, "opportunity", at.foreign))],
    "explain": [
        Try(lambda at, actor: at.records.explain(actor, "opportunity", at.foreign, actor.user_id or 0)),
        Try(lambda at, actor: at.records.explain(actor, "opportunity", at.foreign_gone, actor.user_id or 0)),
    ],
    "save": [
        Try(_change(margin=1)),
        Try(_change(remark="x", name="Changed")),
        Try(_change(amount=6)),
        Try(_change(margin="no number at all")),
        Try(_change(profit=1)),
        *(Try(_change(**{name: 1})) for name in ("id", "version", "created_by", "role", "is_admin", "deleted_at")),
        Try(lambda at, actor: at.records.save(
            actor, [RecordChange(module="opportunity", id=at.foreign, values={"name": "Mine now"})])),
        Try(lambda at, actor: at.records.save(
            actor, [RecordChange(module="opportunity", id=at.mine, version=2, values={"margin": 3})])),
        Try(lambda at, actor: at.records.save(
            actor, [RecordChange(module="opportunity", values={"name": "New", "margin": 3})])),
        Try(lambda at, actor: at.records.save(
            actor, [RecordChange(module="opportunity", id=at.mine, values={"organization": at.away})])),
    ],
    "delete": [Try(lambda at, actor: at.records.delete(actor, "opportunity", [at.foreign]))],
    "restore": [Try(lambda at, actor: at.records.restore(actor, "opportunity", [at.foreign_gone]))],
    "hand_over": [Try(lambda at, actor: at.records.hand_over(actor, "organization", at.mine, actor.user_id or 0))],
    "purge": [Try(lambda at, actor: at.records.purge(actor, "opportunity", [at.foreign_gone]))],
    "link": [
        Try(lambda at, actor: at.records.link(actor, "opportunity", at.foreign, "helpers", [at.bo])),
        Try(lambda at, actor: at.records.link(actor, "opportunity", at.mine, "helpers", [at.farmer])),
        Try(lambda at, actor: at.records.link(actor, "organization", at.acme, "deals", [at.foreign])),
    ],
    "unlink": [
        Try(lambda at, actor: at.records.unlink(actor, "opportunity", at.foreign, "helpers", [at.bo])),
        Try(lambda at, actor: at.records.unlink(actor, "opportunity", at.mine, "helpers", [at.farmer])),
    ],
    "share": [Try(lambda at, actor: at.records.share(actor, "opportunity", at.foreign, principal=actor.user_id))],
    "unshare": [Try(lambda at, actor: at.records.unshare(actor, "opportunity", at.foreign, 1))],
    "undo": [
        Try(lambda at, actor: at.records.undo(actor, "opportunity", at.mine, at.entry)),
        Try(lambda at, actor: at.records.undo(actor, "opportunity", at.foreign, at.entry)),
    ],
    "find_undo_refusals": [Try(lambda at, actor: at.records.find_undo_refusals(actor, "import:1"), refused=False)],
    "undo_batch": [Try(lambda at, actor: at.records.undo_batch(actor, "import:1"), refused=False)],
}  # fmt: skip

INSIDE = {
    "model_at": "gives a model, no records",
    "save_and_read": "is `save`, and gives what `get` gives",
    "save_in": "is `save` in a transaction of the caller",
    "save_within": "is `save` from a stage of a save",
    "link_within": "is `link` and `unlink` from a stage of a save",
    "delete_within": "is `delete` from a stage of a save",
    "count_owned": "counts what somebody owns, for accounts, which let only administrators hand it over",
    "recompute": "is what a job of the system does; it gives nothing and writes what is computed",
}
"""Public methods that are no door of their own, and why."""


def _text(method: str, *arguments: Any, query: str = "") -> Callable[[Office, Actor, str], Any]:
    """A method of Records with a text in its place: as part of a query, or as the last argument."""

    def do(at: Office, actor: Actor, text: str) -> Any:
        fill = [getattr(at, each[1:-1]) if str(each).startswith("<") else each for each in arguments]
        if query:
            value = text if query == "where" or query == "cursor" else (text,)
            return getattr(at.records, method)(actor, *fill, Query(**{query: value}))
        return getattr(at.records, method)(actor, *fill, text)

    return do


def _named(method: str, name: str, *, many: bool = True) -> Callable[[Office, Actor, str], Any]:
    """A method of Records of opportunities with a text as one of its named arguments."""

    def do(at: Office, actor: Actor, text: str) -> Any:
        found = getattr(at.records, method)(actor, "opportunity", **{name: (text,) if many else text})
        return b"".join(found) if method == "export" else found

    return do


_OF_QUERY = ("where", "sort", "fields", "cursor")
TEXTS: dict[str, list[Callable[[Office, Actor, str], Any]]] = {
    "query": [_text("query", "opportunity", query=name) for name in _OF_QUERY] + [
        lambda at, actor, text: at.records.query(actor, text, Query())],
    "related": [_text("related", "organization", "<acme>", "deals", query=name) for name in _OF_QUERY] + [
        lambda at, actor, text: at.records.related(actor, "organization", at.acme, text, Query())],
    "count": [_text("count", "opportunity")],
    "stage_ages": [lambda at, actor, text: at.records.stage_ages(actor, "opportunity", text, [at.mine])],
    "count_related": [_text("count_related", "organization", "<acme>", "deals")],
    "activity": [lambda at, actor, text: at.records.activity(actor, "opportunity", at.mine, kinds=(text,)),
                 lambda at, actor, text: at.records.activity(actor, "opportunity", at.mine, cursor=text)],
    "neighbours": [_text("neighbours", "opportunity", "<mine>", query=name) for name in _OF_QUERY],
    "totals": [_named("totals", "by", many=False), _named("totals", "measures"), _named("totals", "where", many=False)],
    "alike": [lambda at, actor, text: at.records.alike(actor, "opportunity", [text]),
              lambda at, actor, text: at.records.alike(actor, "opportunity", ["name"], where=text)],
    "merge": [lambda at, actor, text: _merge("mine", "twin", text)(at, actor)],
    "aggregate": [_named("aggregate", "group"), _named("aggregate", "measures"),
                  _named("aggregate", "where", many=False)],
    "export": [_named("export", "fields"), _named("export", "sort"), _named("export", "where", many=False),
               _named("export", "form", many=False)],
    "suggest": [_text("suggest", "opportunity")],
    "resembling": [lambda at, actor, text: at.records.resembling(actor, text, {"name": text}),
                   lambda at, actor, text: at.records.resembling(actor, "opportunity", {text: text, "name": text})],
    "search": [_text("search")],
    "get": [lambda at, actor, text: at.records.get(actor, "opportunity", at.mine, fields=(text,)),
            lambda at, actor, text: at.records.get(actor, text, at.mine)],
    "fetch": [lambda at, actor, text: at.records.fetch(actor, "opportunity", [at.mine], fields=(text,))],
    "save": [lambda at, actor, text: _change(**{text: 1})(at, actor),
             lambda at, actor, text: _change(organization=text)(at, actor),
             lambda at, actor, text: _change(stage=text)(at, actor)],
    "link": [lambda at, actor, text: at.records.link(actor, "opportunity", at.mine, text, [at.bo])],
    "unlink": [lambda at, actor, text: at.records.unlink(actor, "opportunity", at.mine, text, [at.bo])],
    "share": [lambda at, actor, text: at.records.share(actor, "opportunity", at.foreign, role=text)],
}  # fmt: skip
"""Methods that take a text that somebody may have typed, with the text in each of its places."""

WITHOUT_TEXTS = {
    "require_version": "ids", "labels": "ids", "within_reach": "ids", "history": "ids", "shares": "ids",
    "delete": "ids", "restore": "ids", "purge": "ids", "unshare": "ids", "undo": "ids", "audience": "ids",
    "comment_thread": "ids", "hand_over": "ids",
    "explain": "ids", "moving": "ids", "undo_merge": "ids", "merges": "ids", "merged_into": "ids",
    "find_undo_refusals": "a name of ours",
    "undo_batch": "a name of ours",
}  # fmt: skip
"""Methods that take none, and what they take."""
