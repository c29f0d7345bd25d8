"""Moves: read, settled in the documents of a proposal, carried into the catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.compiler import Compilation
from fieldstone.metadata.effective import effective_documents
from fieldstone.metadata.explanation import find_explanation
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.moves import BackfillMove, RenameMove, ReplaceMove, read_moves
from fieldstone.metadata.references.renames import Rename
from fieldstone.metadata.references.settling import Settled, apply_renames, settle_moves
from fieldstone.metadata.writer import write_document
from metadata.example import BASE, DEAL, codes, compile_layers, layer, places

AMOUNT_TO_WORTH = {"id": "m-1", "rename": {"from": "deal.amount", "to": "deal.worth"}}


def moves(*entries: dict[str, Any]) -> dict[str, str]:
    return {"metadata/moves.yaml": write_document({"moves": list(entries)})}


def rename(id: str, old: str, new: str, **more: str) -> dict[str, Any]:
    return {"id": id, "rename": {**more, "from": old, "to": new}}


def standard(*entries: dict[str, Any], **texts: str) -> Layer:
    return layer({**BASE, **{key.replace("_", "/", 1) + ".yaml": text for key, text in texts.items()},
                  **(moves(*entries) if entries else {})}, "standard")  # fmt: skip


def site(*entries: dict[str, Any], **texts: str) -> Layer:
    documents = {key.replace("_", "/", 1) + ".yaml": text for key, text in texts.items()}
    return layer({**documents, **(moves(*entries) if entries else {})})


def pairs(settled: Settled) -> list[tuple[str, str, str]]:
    return [(each.kind, each.old, each.new) for each in settled.renames]


def reported(settled: Settled) -> list[str]:
    return [problem.code for problem in settled.problems]


def fields_of(*layers: Layer) -> list[str]:
    compiled = compile_layers(*layers)
    assert not codes(compiled), codes(compiled)
    return list(compiled.get_model().modules["deal"].fields)


def test_moves_are_read_in_order_with_their_places() -> None:
    found = read_moves(
        site(
            rename("a", "deal.amount", "deal.worth", kind="field"),
            {"id": "b", "replace": {"from": "stage.lost", "to": "stage.won"}},
            {"id": "c", "backfill": {"field": "deal.worth", "value": "0", "if": "is_empty(worth)"}},
        )
    )
    assert [type(move) for move in found] == [RenameMove, ReplaceMove, BackfillMove]
    assert isinstance(found[0], RenameMove)
    assert (found[0].kind, found[0].old, found[0].new) == ("field", "deal.amount", "deal.worth")
    assert isinstance(found[2], BackfillMove)
    assert (found[2].field, found[2].value, found[2].condition) == ("deal.worth", "0", "is_empty(worth)")
    assert str(found[1].location) == "metadata/moves.yaml:7:9"
    assert read_moves(site()) == ()


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (rename("a", "deal.amount", "deal.amount"), "move.E011"),
        (rename("a", "deal.amount", "organization.amount"), "move.E012"),
        (rename("a", "deal.amount", "deal.Worth"), "move.E005"),
        (rename("a", "deal.amount", "deal.worth", kind="table"), "move.E004"),
        ({"id": "a"}, "move.E007"),
        ({"id": "a", "rename": {"from": "deal.amount"}}, "move.E002"),
        ({"id": "a", "renamed": {"from": "deal.amount", "to": "deal.worth"}}, "move.E001"),
    ],
)
def test_ill_formed_moves_are_reported_where_they_stand(entry: dict[str, Any], code: str) -> None:
    compiled = compile_layers(standard(), site(entry))
    assert code in codes(compiled)
    assert all("metadata/moves.yaml" in place for place in places(compiled))


def test_an_id_is_used_once() -> None:
    twice = site(AMOUNT_TO_WORTH, {**AMOUNT_TO_WORTH})
    assert places(compile_layers(standard(), twice)) == ["move.E010 metadata/moves.yaml:6:9"]
    problems = Diagnostics()
    assert len(read_moves(twice, problems)) == 1
    assert [problem.code for problem in problems] == ["move.E010"]


def test_moves_of_two_layers_are_never_merged() -> None:
    low = standard(rename("m-1", "deal.chance", "deal.odds"), modules_deal=DEAL.replace("chance", "odds"))
    assert [name for name in fields_of(low, site(AMOUNT_TO_WORTH)) if name in ("odds", "worth")] == ["worth", "odds"]


def test_a_site_renames_what_the_standard_declares() -> None:
    before = compile_layers(standard())
    changed = site(AMOUNT_TO_WORTH, modules_deal="module: deal\nfields: {worth: {label: Value}}\n")
    settled = settle_moves([standard(), changed], [standard(), site()])
    assert settled.layers == (standard(), changed)
    assert pairs(settled) == [("field", "deal.amount", "deal.worth")]
    assert settled.rewrites == {settled.renames[0]: ("standard/modules/deal.yaml",)}
    catalogue = apply_renames(before.catalogue, settled.renames)
    after = compile_layers(*settled.layers, catalogue=catalogue)
    model = after.get_model()
    assert "amount" not in model.modules["deal"].fields
    worth, amount = model.modules["deal"].fields["worth"], before.get_model().modules["deal"].fields["amount"]
    assert (worth.identity, worth.column, worth.label, worth.index) == (amount.identity, amount.column, "Value", True)
    assert model.modules["deal"].fields["forecast"].expression == "worth * chance / 100"
    origins = [str(origin.location) for origin in model.provenance["modules.deal.fields.worth.type"]]
    assert origins == ["standard/modules/deal.yaml:8:12"]
    explained = find_explanation(model, settled.layers, "deal.worth.type")
    assert explained is not None
    assert [(each.file, each.line) for each in explained.sayings] == [("standard/modules/deal.yaml", 8)]
    effective = effective_documents(settled.layers)
    assert "  worth:\n" in effective["modules/deal.yaml"]
    assert "metadata/moves.yaml" not in effective
    other = compile_layers(standard(), site(rename("m-2", "deal.amount", "deal.worth")))
    assert model.hash != other.get_model().hash, "the moves are part of the model"


def test_a_seen_move_is_not_carried_out_again() -> None:
    proposed = [standard(), site(AMOUNT_TO_WORTH)]
    settled = settle_moves(proposed, proposed)
    assert (settled.renames, settled.rewrites, settled.problems) == ((), {}, ())
    assert settled.layers == tuple(proposed)
    after_rollback = settle_moves(proposed, [standard(), site()])
    assert pairs(after_rollback) == [("field", "deal.amount", "deal.worth")]


def test_a_stale_folder_with_the_old_names_still_means_the_rename() -> None:
    own = "module: visit\nfields: {name: {type: text}, where: {type: text, required_when: not is_empty(name)}}\n"
    layout = "module: visit\nlist: {columns: [name, where]}\n"
    chain = (rename("a", "visit.where", "visit.place"), rename("b", "visit.place", "visit.spot"))
    stale = site(*chain, modules_visit=own, layouts_visit=layout)
    first = settle_moves([standard(), stale], [standard(), site()])
    assert pairs(first) == [("field", "visit.where", "visit.place"), ("field", "visit.place", "visit.spot")]
    assert "columns: [name, spot]" in first.layers[1].documents["layouts/visit.yaml"]
    assert "spot:" in first.layers[1].documents["modules/visit.yaml"]
    again = settle_moves([standard(), stale], first.layers)
    assert again.layers == first.layers
    assert not again.renames
    assert settle_moves(first.layers, first.layers).layers == first.layers


def test_documents_that_say_nothing_of_it_keep_their_text() -> None:
    untouched = "module: organization\nfields:\n  revenue: {label:   Revenue}   # odd but mine\n"
    stale = site(
        AMOUNT_TO_WORTH, modules_organization=untouched, modules_deal="module: deal\nfields: {amount: {help: x}}"
    )
    settled = settle_moves([standard(), stale], [standard(), site()])
    assert settled.layers[1].documents["modules/organization.yaml"] == untouched
    assert settled.layers[1].documents["modules/deal.yaml"] == "module: deal\nfields:\n  worth:\n    help: x\n"


def test_the_patch_of_a_site_follows_the_standard() -> None:
    patch = "module: deal\nfields: {amount: {required: true}}\nrules: {r: {if: amount > 5, message: No}}\n"
    new = standard(AMOUNT_TO_WORTH, modules_deal=DEAL.replace("amount", "worth"))
    before = [standard(), site(modules_deal=patch)]
    settled = settle_moves([new, before[1]], before)
    assert pairs(settled) == [("field", "deal.amount", "deal.worth")]
    assert set(settled.rewrites[settled.renames[0]]) == {"modules/deal.yaml"}
    model = compile_layers(*settled.layers).get_model()
    assert model.modules["deal"].fields["worth"].required
    assert model.modules["deal"].rules["r"].condition == "worth > 5"


def test_the_name_that_a_site_chose_itself_stays() -> None:
    old = [standard(), site(AMOUNT_TO_WORTH, modules_deal="module: deal\nfields: {worth: {label: Value}}\n")]
    catalogue = compile_layers(*old).catalogue
    new = standard(rename("s-1", "deal.amount", "deal.sum"), modules_deal=DEAL.replace("amount", "sum"))
    settled = settle_moves([new, old[1]], old)
    assert not settled.problems
    kept = [move for move in read_moves(settled.layers[1]) if isinstance(move, RenameMove)]
    assert [(move.old, move.new) for move in kept] == [("deal.amount", "deal.worth"), ("deal.sum", "deal.worth")]
    assert settled.renames == (), "the catalogue has the site's name already"
    after = compile_layers(*settled.layers, catalogue=apply_renames(catalogue, settled.renames))
    assert after.get_model().modules["deal"].fields["worth"].label == "Value"
    assert "sum" not in after.get_model().modules["deal"].fields
    assert after.catalogue.find("field", "deal.worth") == catalogue.find("field", "deal.worth")
    assert settle_moves(settled.layers, settled.layers).layers == settled.layers
    stale = settle_moves([new, old[1]], settled.layers)
    assert stale.layers == settled.layers, "the folder without the move gets the same one again"
    assert not stale.problems


def test_a_module_keeps_its_own_name_and_its_fields_still_follow() -> None:
    old = [standard(), site(rename("m-1", "deal", "sale"))]
    first = compile_layers(*old)
    texts = DEAL.replace("module: deal", "module: trade").replace("amount", "worth")
    low = standard(rename("s-1", "deal", "trade"), rename("s-2", "trade.amount", "trade.worth"))
    renamed = {path: text for path, text in low.documents.items() if path != "modules/deal.yaml"}
    new = layer({**renamed, "modules/trade.yaml": texts}, "standard")
    settled = settle_moves([new, old[1]], old)
    assert not settled.problems
    assert pairs(settled) == [("field", "sale.amount", "sale.worth")]
    assert len(settled.rewrites) == 3
    after = compile_layers(*settled.layers, catalogue=apply_renames(first.catalogue, settled.renames))
    before = first.get_model().modules["sale"]
    now = after.get_model().modules["sale"]
    assert "trade" not in after.get_model().modules
    assert (now.identity, now.fields["worth"].identity) == (before.identity, before.fields["amount"].identity)
    assert len(after.catalogue) == len(first.catalogue)


def test_the_patch_of_a_module_renamed_by_the_site_follows_a_rename_below_it() -> None:
    patch = (
        "module: sale\n"
        "fields: {amount: {required: true}, half: {type: formula, result: money, expression: amount / 2}}\n"
    )
    phases = {"metadata/picklists/phase.yaml": "picklist: phase\nvalues: {won: {label: Ours}}\n"}
    own = site(rename("m-1", "deal", "sale"), rename("m-2", "stage", "phase", kind="picklist"), modules_sale=patch)
    old = [standard(), layer({**own.documents, **phases})]
    catalogue = compile_layers(*old).catalogue
    news = [rename("s-1", "deal.amount", "deal.worth"), rename("s-2", "stage.won", "stage.gained")]
    new = standard(*news, modules_deal=DEAL.replace("amount", "worth").replace("'won'", "'gained'"))
    new = layer(
        {
            **new.documents,
            "metadata/picklists/stage.yaml": BASE["metadata/picklists/stage.yaml"].replace("won:", "gained:"),
        },
        "standard",
    )
    settled = settle_moves([new, old[1]], old)
    assert not settled.problems
    assert pairs(settled) == [("field", "sale.amount", "sale.worth"), ("picklist_value", "phase.won", "phase.gained")]
    assert {file for files in settled.rewrites.values() for file in files} == {
        "modules/sale.yaml",
        "metadata/picklists/phase.yaml",
    }
    after = compile_layers(*settled.layers, catalogue=apply_renames(catalogue, settled.renames))
    assert not codes(after), codes(after)
    model = after.get_model()
    assert model.modules["sale"].fields["worth"].required
    assert model.modules["sale"].fields["half"].expression == "worth / 2"
    assert model.picklists["phase"].values["gained"].label == "Ours"
    assert settle_moves(settled.layers, settled.layers).layers == settled.layers


@pytest.mark.parametrize(
    ("below", "module", "name"),
    [
        ((("deal.amount", "deal.sum"), ("deal", "trade")), "trade", "sum"),
        ((("deal", "trade"), ("trade.amount", "trade.sum")), "trade", "sum"),
        ((("deal.amount", "deal.sum"), ("deal.sum", "deal.total")), "deal", "total"),
    ],
)
def test_a_name_of_ones_own_stays_through_several_renames_below_at_once(
    below: tuple[tuple[str, str], ...], module: str, name: str
) -> None:
    old = [standard(), site(AMOUNT_TO_WORTH, modules_deal="module: deal\nfields: {worth: {label: Value}}\n")]
    catalogue = compile_layers(*old).catalogue
    texts = {path: text.replace("deal", module).replace("amount", name) for path, text in old[0].documents.items()}
    texts[f"modules/{module}.yaml"] = texts.pop("modules/deal.yaml")
    new = layer({**texts, **moves(*(rename(f"s-{pair[0]}", *pair) for pair in below))}, "standard")
    settled = settle_moves([new, old[1]], old)
    assert not settled.problems
    after = compile_layers(*settled.layers, catalogue=apply_renames(catalogue, settled.renames))
    assert not codes(after), codes(after)
    field = after.get_model().modules[module].fields["worth"]
    before = catalogue.find("field", "deal.worth")
    assert before is not None
    assert (field.label, field.identity) == ("Value", before.identity)
    assert settle_moves(settled.layers, settled.layers).layers == settled.layers
    fresh = settle_moves(settled.layers, [layer({}, "standard"), site()])
    assert effective_documents(fresh.layers) == effective_documents(settled.layers)


def test_what_was_renamed_after_its_module_is_called_so_on_a_fresh_site_too() -> None:
    texts = {path: text.replace("deal", "trade") for path, text in standard().documents.items()}
    texts["modules/trade.yaml"] = texts.pop("modules/deal.yaml")
    new = layer({**texts, **moves(rename("s-1", "deal", "trade"))}, "standard")
    own = site(rename("m-1", "trade.amount", "trade.worth"))
    for published in ([standard(), site()], [layer({}, "standard"), site()], [new, own]):
        settled = settle_moves([new, own], published)
        assert not settled.problems
        assert [move.id for move in read_moves(settled.layers[1])] == ["m-1"]
        assert "worth" in compile_layers(*settled.layers).get_model().modules["trade"].fields


def test_two_documents_do_not_come_to_lie_in_one_place() -> None:
    layouts = {"layouts_deal": "module: deal\n", "layouts_sale": "module: sale\nquick_create: [name]\n"}
    settled = settle_moves([standard(), site(rename("m-1", "deal", "sale"), **layouts)], [standard(), site()])
    assert reported(settled) == ["move.E014"]


def test_a_rename_below_a_renamed_module_finds_its_place_in_the_catalogue() -> None:
    old = [standard(), site(rename("m-1", "deal", "sale"))]
    new = standard(rename("s-1", "deal.amount", "deal.worth"), modules_deal=DEAL.replace("amount", "worth"))
    settled = settle_moves([new, old[1]], old)
    assert pairs(settled) == [("field", "sale.amount", "sale.worth")]
    catalogue = compile_layers(*old, catalogue=compile_layers(*old).catalogue).catalogue
    moved = apply_renames(catalogue, settled.renames)
    before, after = catalogue.find("field", "sale.amount"), moved.find("field", "sale.worth")
    assert before is not None
    assert after is not None
    assert before.identity == after.identity


@pytest.mark.parametrize(
    ("own", "module"),
    [
        ([rename("m-1", "deal.amount", "deal.worth")], "trade"),
        ([rename("m-1", "deal.amount", "deal.sum"), rename("m-2", "deal.sum", "deal.worth")], "trade"),
        ([rename("m-1", "deal", "sale"), rename("m-2", "sale.amount", "sale.worth")], "sale"),
        ([rename("m-1", "deal.amount", "deal.worth"), rename("m-2", "deal", "sale")], "sale"),
    ],
)
def test_a_name_of_ones_own_stays_when_a_layer_below_renames_the_module(own: list[Any], module: str) -> None:
    old = [standard(), site()]
    catalogue = compile_layers(*old).catalogue
    for end in range(1, len(own) + 1):
        settled = settle_moves([standard(), site(*own[:end])], old)
        old, catalogue = list(settled.layers), apply_renames(catalogue, settled.renames)
    before = catalogue.find("field", f"{'sale' if module == 'sale' else 'deal'}.worth")
    texts = {path: text.replace("deal", "trade") for path, text in standard().documents.items()}
    texts["modules/trade.yaml"] = texts.pop("modules/deal.yaml")
    new = layer({**texts, **moves(rename("s-1", "deal", "trade"))}, "standard")
    for published in (old, None):
        settled = settle_moves([new, old[1]], published or old)
        assert not settled.problems
        catalogue = apply_renames(catalogue, settled.renames)
        old = list(settled.layers)
        after = compile_layers(*old, catalogue=catalogue)
        assert not codes(after)
        assert before is not None
        assert after.get_model().modules[module].fields["worth"].identity == before.identity
    assert settled.layers == tuple(old)
    assert not settled.renames


def test_a_module_takes_along_what_is_named_after_it() -> None:
    settled = settle_moves([standard(), site(rename("m-1", "organization", "company"))], [standard(), site()])
    assert pairs(settled) == [
        ("module", "organization", "company"),
        ("picklist", "organization_industry", "company_industry"),
        ("relation", "company.organization_parent", "company.company_parent"),
    ]
    before = compile_layers(standard())
    catalogue = apply_renames(before.catalogue, settled.renames)
    after = compile_layers(*settled.layers, catalogue=catalogue)
    assert set(after.get_model().modules["company"].relations) == {"company_parent", "deals"}
    assert [entry.identity for entry in after.catalogue] == [entry.identity for entry in before.catalogue]
    assert not any(entry.removed for entry in after.catalogue)


def test_the_patch_of_a_renamed_module_is_read_with_what_it_patches() -> None:
    stale = site(
        rename("m-1", "organization", "company"),
        modules_organization="module: organization\nfields: {size: {type: integer}, boss: {type: lookup, to: self}}\n"
        "rules: {r: {if: parent.size > size, message: No}}\n",
        layouts_organization="module: organization\nrecord: {related: {organization_boss: {columns: [size]}}}\n",
    )
    settled = settle_moves([standard(), stale], [standard(), site()])
    assert ("relation", "company.organization_boss", "company.company_boss") in pairs(settled)
    assert "company_boss:" in settled.layers[1].documents["layouts/company.yaml"]
    assert "reverse" not in settled.layers[1].documents["modules/company.yaml"]
    assert not codes(compile_layers(*settled.layers))


def test_both_names_declared_is_a_problem_until_the_move_is_seen() -> None:
    own = "module: visit\nfields: {name: {type: text}, old: {type: text}, new: {type: text}}\n"
    proposed = [standard(), site(rename("a", "visit.old", "visit.new"), modules_visit=own)]
    assert reported(settle_moves(proposed, [standard(), site()])) == ["move.E014"]
    settled = settle_moves(proposed, proposed)
    assert not settled.problems
    assert settled.layers == tuple(proposed)
    taken = [standard(), site(rename("a", "deal.amount", "deal.chance"))]
    assert reported(settle_moves(taken, [standard(), site()])) == ["move.E014"]
    assert "move.E014" in codes(compile_layers(*taken))


def test_a_new_field_may_take_the_old_name_later() -> None:
    published = [standard(), site(AMOUNT_TO_WORTH)]
    again = site(AMOUNT_TO_WORTH, modules_deal="module: deal\nfields: {amount: {type: integer}}\n")
    settled = settle_moves([standard(), again], published)
    assert settled.layers[1] == again
    assert {"amount", "worth"} <= set(fields_of(*settled.layers))
    assert settle_moves(settled.layers, settled.layers).layers == settled.layers


def test_the_kind_is_asked_for_where_a_name_means_several_things() -> None:
    stage = "module: stage\nfields: {name: {type: text}, open: {type: checkbox}}\n"
    low = standard(modules_stage=stage)
    unclear = [low, site(rename("a", "stage.open", "stage.begun"))]
    assert reported(settle_moves(unclear, [low, site()])) == ["move.E013"]
    assert "move.E013" in codes(compile_layers(*unclear))
    clear = [low, site(rename("a", "stage.open", "stage.begun", kind="picklist_value"))]
    assert pairs(settle_moves(clear, [low, site()])) == [("picklist_value", "stage.open", "stage.begun")]
    assert list(compile_layers(*clear).get_model().picklists["stage"].values) == ["begun", "won", "lost"]


def test_values_on_a_field_are_renamed_with_the_field() -> None:
    proposed = [standard(), site(rename("a", "organization_industry", "trade"))]
    assert reported(settle_moves(proposed, [standard(), site()])) == ["move.E016"]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"id": "a", "backfill": {"field": "deal.amuont", "value": "0"}}, "move.W002"),
        ({"id": "a", "replace": {"from": "stage.lost", "to": "stage.wno"}}, "move.E018"),
        (rename("a", "deal.amuont", "deal.wroth"), "move.W001"),
    ],
)
def test_names_that_mean_nothing_are_told_once(entry: dict[str, Any], code: str) -> None:
    settled = settle_moves([standard(), site(entry)], [standard(), site()])
    assert reported(settled) == [code]
    assert settled.problems[0].location.line == 2
    assert not settle_moves([standard(), site(entry)], [standard(), site(entry)]).problems
    old = layer({**standard().documents, **moves(rename("s", "deal.first", "deal.second"))}, "standard")
    assert not settle_moves([old, site()], []).problems, "a move from before the site existed"


def test_moves_outlive_what_they_speak_of() -> None:
    fewer = {"metadata/picklists/stage.yaml": "picklist: stage\nvalues: {open: Open, won: Won}\n"}
    low = layer({**standard().documents, **fewer}, "standard")
    first = {"id": "a", "replace": {"from": "stage.lost", "to": "stage.closed"}}
    second = {"id": "b", "replace": {"from": "stage.closed", "to": "stage.won"}}
    renamed = rename("c", "stage.won", "stage.gained")
    filled = {"id": "d", "backfill": {"field": "deal.gone", "value": "0"}}
    proposed = [low, site(first, second, renamed, filled)]
    behind = settle_moves(proposed, [standard(), site()])
    assert [(move.old, move.new) for move in behind.replaces] == [("stage.lost", "stage.gained")]
    assert not behind.backfills
    assert reported(behind) == ["move.W002"]
    fresh = settle_moves(proposed, [low, site()])
    assert (fresh.replaces, fresh.backfills) == ((), ())
    gone = settle_moves([low, site(first)], [low, site()])
    assert not gone.problems


def test_the_list_of_moves_only_grows() -> None:
    settled = settle_moves([standard(), site()], [standard(), site(AMOUNT_TO_WORTH)])
    assert reported(settled) == ["move.E015"]
    assert settled.problems[0].location.file == "metadata/moves.yaml"


def test_replacements_and_backfills_are_told_by_the_final_names() -> None:
    low = standard(
        {"id": "r", "replace": {"from": "stage.lost", "to": "stage.won"}},
        {
            "id": "b",
            "backfill": {"field": "deal.stage", "value": "'won' if amount > 5 else stage", "if": "stage == 'lost'"},
        },
    )
    top = site(
        rename("x", "stage", "phase", kind="picklist"),
        rename("y", "deal.amount", "deal.worth"),
        rename("z", "phase.won", "phase.gained"),
        rename("w", "deal.stage", "deal.step"),
    )
    settled = settle_moves([low, top], [standard(), site()])
    assert not settled.problems
    (replaced,), (filled,) = settled.replaces, settled.backfills
    assert (replaced.kind, replaced.old, replaced.new) == ("picklist_value", "phase.lost", "phase.gained")
    assert (filled.field, filled.value) == ("deal.step", "'gained' if worth > 5 else step")
    assert filled.condition == "step == 'lost'"
    seen = settle_moves([low, top], settled.layers)
    assert (seen.replaces, seen.backfills) == ((), ())


def test_the_catalogue_passes_over_what_it_never_had() -> None:
    catalogue = compile_layers(standard()).catalogue
    unknown = [Rename(kind="field", old="deal.nothing", new="deal.something"), Rename(kind="role", old="a", new="b")]
    assert list(apply_renames(catalogue, unknown)) == list(catalogue)
    taken = apply_renames(catalogue, [Rename(kind="field", old="deal.amount", new="deal.chance")])
    found = taken.find("field", "deal.chance")
    assert found == catalogue.find("field", "deal.amount").__class__(
        catalogue.entries["field", "deal.amount"].identity, "field", "deal.chance", "amount"
    )
    assert len(taken) == len(catalogue)
    stage = apply_renames(catalogue, [Rename(kind="picklist", old="stage", new="phase")])
    assert stage.find("picklist_value", "phase.won") is not None
    assert stage.find("picklist_value", "stage.won") is None


def names_in(compiled: Compilation) -> list[tuple[str, str]]:
    """All that can be renamed in a model."""
    model = compiled.get_model()
    found: list[tuple[str, str]] = [("module", name) for name in model.modules]
    for name, module in model.modules.items():
        found += [("field", f"{name}.{field}") for field in module.fields]
        found += [("relation", f"{name}.{relation}") for relation in module.relations]
    for name, picklist in model.picklists.items():
        found += [("picklist_value", f"{name}.{key}") for key in picklist.values]
    return [*found, ("picklist", "stage")] if "stage" in model.picklists else found


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_row_of_renames_can_be_published_at_once_or_one_by_one(data: st.DataObject) -> None:
    own = {
        "modules_deal": "module: deal\nfields: {note: {type: text}}\nrules: {r: {if: stage == 'lost', message: No}}\n",
        "layouts_organization": "module: organization\nrecord: {related: {deals: {columns: [organization.name]}}}\n",
    }
    first = [standard(), site(**own)]
    start = compile_layers(*first)
    entries: list[dict[str, Any]] = []
    published, catalogue, compiled = first, start.catalogue, start
    for number in range(data.draw(st.integers(1, 4))):
        kind, old = data.draw(st.sampled_from(names_in(compiled)))
        owner, dot, _ = old.rpartition(".")
        entries.append(rename(f"m-{number}", old, f"{owner}{dot}n{number}", kind=kind))
        settled = settle_moves([standard(), site(*entries, **own)], published)
        assert not settled.problems
        catalogue = apply_renames(catalogue, settled.renames)
        compiled = compile_layers(*settled.layers, catalogue=catalogue)
        assert not codes(compiled)
        published, catalogue = list(settled.layers), compiled.catalogue
    at_once = settle_moves([standard(), site(*entries, **own)], first)
    assert at_once.layers == tuple(published)
    together = compile_layers(*at_once.layers, catalogue=apply_renames(start.catalogue, at_once.renames))
    assert list(together.catalogue) == list(catalogue)
    assert [entry.identity for entry in catalogue] == [entry.identity for entry in start.catalogue]
    assert not any(entry.removed for entry in catalogue)
    assert settle_moves(published, published).layers == tuple(published)
