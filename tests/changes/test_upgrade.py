"""Upgrades: a new version of the lower layers under the site's own changes."""

# ruff: noqa: E501  (examples are easier to read on one line)

from __future__ import annotations

import pytest

from changes.upgrades import (
    DEAL_PATH,
    LAYOUT,
    LAYOUT_PATH,
    LESS,
    STANDARD_TEXTS,
    WORKFLOW,
    WORKFLOW_PATH,
    at,
    brief,
    compile_all,
    effective,
    patch,
    site,
    standard,
    upgrade,
)
from fieldstone.changes.upgrade.decide import decide
from fieldstone.changes.upgrade.mending import merge_upgrade
from fieldstone.changes.upgrade.merge import MergedSite, merge_site
from fieldstone.kernel.errors import MetadataError
from metadata.example import BASE, DEAL, ORGANIZATION, STAGE, layer


def test_what_the_site_does_not_say_follows_the_base() -> None:
    own = site(deal="module: deal  # ours\nfields:\n  amount: {label: Value}\n")
    now = standard(deal=DEAL.replace("min: 0", "min: 1"), stage=STAGE.replace("Won", "Closed"))
    merged = upgrade(now, own)
    assert merged == MergedSite(site=own)
    assert effective(*now, merged.site)[DEAL_PATH]["fields"]["amount"]["min"] == 1


def test_what_both_changed_is_a_conflict_and_the_sites_value_stays() -> None:
    own = site(deal="module: deal\nplural: Chances\nfields: {amount: {label: Value, min: 5}}\n")
    now = standard(deal=DEAL.replace("plural: Deals", "plural: Sales").replace("min: 0", "label: Sum"))
    merged = upgrade(now, own)
    assert merged.site == own
    assert brief(merged) == [
        ("modules.deal.plural", "Deals", "Sales", "Chances"),
        ("modules.deal.fields.amount.label", None, "Sum", "Value"),
        ("modules.deal.fields.amount.min", 0, None, 5),
    ]
    assert {each.file for each in merged.conflicts} == {DEAL_PATH}


def test_the_same_change_on_both_sides_is_none() -> None:
    own = site(deal="module: deal\nfields: {amount: {label: Value}, extra: {type: date}}\n")
    now = standard(
        deal=DEAL.replace("min: 0", "min: 0, label: Value").replace("rules:", "  extra: {type: date}\nrules:")
    )
    assert upgrade(now, own) == MergedSite(site=own)


def test_the_application_and_the_roles_are_merged_by_attribute() -> None:
    then = [layer({"metadata/app.yaml": "app: {name: A, currency: USD}\n"}, "standard")]
    now = [layer({"metadata/app.yaml": "app: {name: B, currency: EUR}\n"}, "standard")]
    own = layer({"metadata/app.yaml": "app: {name: Mine}\n", "metadata/roles.yaml": "roles: {rep: {modules: {}}}\n"})
    merged = merge_site(then, now, own)
    assert (merged.site, brief(merged)) == (own, [("app.name", "A", "B", "Mine")])


def test_a_list_that_has_the_change_of_the_base_already_is_no_conflict() -> None:
    own = site(layout="module: deal\nlist: {columns: [chance, stage, name, amount]}\n")
    assert upgrade(standard(layout=LAYOUT.replace("stage]\n", "stage, chance]\n")), own).conflicts == ()
    reordered = upgrade(standard(layout=LAYOUT.replace("[name, amount, stage]", "[amount, name, stage]")), own)
    assert [each.key for each in reordered.conflicts] == ["layouts.deal.list.columns"]


def test_a_removed_field_that_the_site_patches_is_kept_alive() -> None:
    own = site(deal="module: deal\nfields: {chance: {label: Odds}}\n")
    merged = upgrade(standard(**LESS), own)
    chance = {"type": "percent", "label": "Odds", "after": "amount"}
    assert patch(merged) == {"module": "deal", "fields": {"chance": chance}}
    assert brief(merged) == [("modules.deal.fields.chance", {"type": "percent"}, None, {"label": "Odds"})]
    assert decide(merged.site, merged.conflicts[0], "theirs").documents == {}
    fields = list(effective(*standard(**LESS), merged.site)[DEAL_PATH]["fields"])
    assert fields == ["name", "organization", "amount", "chance", "stage", "close_date", "forecast"]


def test_a_removed_field_that_the_site_refers_to_is_kept_alive() -> None:
    own = site(
        deal="module: deal\nfields: {odds: {type: formula, result: decimal, expression: chance / 10}}\n",
        workflow="module: deal\nworkflows: {mine: {on: saved, if: chance > 3, do: [{set_fields: {amount: '1'}}]}}\n",
    )
    merged = upgrade(standard(**LESS), own)
    assert patch(merged)["fields"]["chance"] == {"type": "percent", "after": "amount"}
    assert merged.site.documents[WORKFLOW_PATH] == own.documents[WORKFLOW_PATH]
    assert brief(merged) == [("modules.deal.fields.chance", {"type": "percent"}, None, None)]


def test_what_the_site_neither_patches_nor_refers_to_is_gone() -> None:
    own = site(deal="module: deal\nfields: {amount: {label: Value}}\n")
    assert upgrade(standard(**LESS), own) == MergedSite(site=own)


@pytest.mark.parametrize(
    ("now", "own", "key"),
    [
        ({"stage": STAGE.replace("  lost: Lost\n", "")}, {"stage": "picklist: stage\nvalues: {lost: {colour: red}}\n"}, "picklists.stage.values.lost"),
        ({"stage": STAGE.replace("  lost: Lost\n", "")}, {"deal": "module: deal\nrules: {r: {if: stage == 'lost', message: m}}\n"}, "picklists.stage.values.lost"),
        ({"layout": LAYOUT.replace("    money: {label: Money, fields: [amount, chance]}\n", "")}, {"layout": "module: deal\nrecord: {blocks: {money: {columns: 1}}}\n"}, "layouts.deal.record.blocks.money"),
        ({"layout": LAYOUT[: LAYOUT.index("  views")]}, {"layout": "module: deal\nlist: {views: {open: {label: Mine}}}\n"}, "layouts.deal.list.views.open"),
        ({"deal": DEAL[: DEAL.index("rules:")]}, {"deal": "module: deal\nrules: {won_needs_amount: {message: m}}\n"}, "modules.deal.rules.won_needs_amount"),
        ({"workflow": None}, {"workflow": "module: deal\nworkflows: {chase: {active: false}}\n"}, "workflows.deal.workflows.chase"),
        ({"workflow": "module: deal\nworkflows: {x: {on: saved, do: [{set_fields: {chance: '1'}}]}}\n"}, {"workflow": "module: deal\nworkflows: {chase: {active: false}}\n"}, "workflows.deal.workflows.chase"),
        ({"layout": None}, {"layout": "module: deal\nrecord: {blocks: {main: {columns: 1}}}\n"}, "layouts.deal"),
    ],
)  # fmt: skip
def test_entries_of_every_kind_are_kept_alive(now: dict[str, str | None], own: dict[str, str], key: str) -> None:
    before = effective(*standard(), site(**own))
    merged = upgrade(standard(**now), site(**own))
    assert [(each.key, each.base_now) for each in merged.conflicts] == [(key, None)]
    after = effective(*standard(**now), merged.site)
    path = merged.conflicts[0].file
    steps = key.split(".")[2:]
    assert at(after[path], steps) == at(before[path], steps)
    theirs = decide(merged.site, merged.conflicts[0], "theirs")
    assert effective(*standard(**now), theirs).get(path) == effective(*standard(**now)).get(path)


def test_a_removed_module_is_kept_alive_when_the_site_looks_it_up() -> None:
    own = site(visit="module: visit\nfields: {name: {type: text}, place: {type: lookup, to: organization}}\n")
    without = DEAL.replace(
        "  organization: {type: lookup, to: organization, reverse: deals, reverse_label: Our deals}\n", ""
    )
    now = standard(organization=None, deal=without, layout=LAYOUT.replace(", organization", ""))
    merged = upgrade(now, own)
    assert [each.key for each in merged.conflicts] == ["modules.organization"]
    assert patch(merged, "modules/organization.yaml") == effective(layer(BASE))["modules/organization.yaml"]


def test_what_both_removed_leaves_no_line_behind() -> None:
    own = site(deal="module: deal\nfields: {chance: null}\nplural: Sales\n", layout=LAYOUT.replace(", chance", ""))
    assert patch(merge_site(standard(), standard(**LESS), own)) == {"module": "deal", "plural": "Sales"}
    own = site(workflow="module: deal\nworkflows: {chase: null}\n")
    assert upgrade(standard(workflow=None), own) == MergedSite(site=site())


def test_what_the_site_removed_stays_removed() -> None:
    own = site(workflow="module: deal\nworkflows: {chase: null}\n")
    merged = upgrade(standard(workflow=WORKFLOW.replace("> 5", "> 6")), own)
    assert merged.site == own
    ((key, _, now, ours),) = brief(merged)
    assert (key, now["if"], ours) == ("workflows.deal.workflows.chase", "amount > 6", None)
    assert decide(merged.site, merged.conflicts[0], "theirs").documents == {}


def test_an_entry_that_both_added_is_the_sites_whole() -> None:
    own = site(deal="module: deal\nfields: {note: {type: text, label: Ours}}\n")
    now = standard(deal=DEAL.replace("rules:", "  note: {type: text, label: Theirs, max_length: 9}\nrules:"))
    merged = upgrade(now, own)
    assert patch(merged)["fields"]["note"] == {"type": "text", "label": "Ours", "max_length": None}
    assert effective(*now, merged.site)[DEAL_PATH]["fields"]["note"] == {"type": "text", "label": "Ours"}
    assert [each.key for each in merged.conflicts] == ["modules.deal.fields.note"]
    assert decide(merged.site, merged.conflicts[0], "theirs").documents == {}


def test_a_module_that_both_added_is_the_sites_whole() -> None:
    own = site(visit="module: visit\nfields: {name: {type: text}}\n")
    now = standard(visit="module: visit\nplural: Trips\nfields: {name: {type: email}, day: {type: date}}\n")
    now[0] = layer(
        {**now[0].documents, "layouts/visit.yaml": "module: visit\nlist: {columns: [name, day]}\n"}, "standard"
    )
    merged = upgrade(now, own)
    visit = effective(*now, merged.site)["modules/visit.yaml"]
    assert visit == {"module": "visit", "fields": {"name": {"type": "text"}}}
    # The base's layout names its own fields, which the site's module does not have: they drop out of it.
    assert [each.key for each in merged.conflicts] == ["modules.visit"]


def test_a_field_is_of_one_piece_when_its_type_changes() -> None:
    own = site(deal="module: deal\nfields: {chance: {min: 5, label: Odds}}\n")
    now = standard(deal=DEAL.replace("{type: percent}", "{type: rating, help: Stars}"))
    merged = merge_site(standard(), now, own)
    assert patch(merged)["fields"]["chance"] == {"min": 5, "label": "Odds", "type": "percent", "help": None}
    assert [each.key for each in merged.conflicts] == ["modules.deal.fields.chance"]
    labelled = site(deal="module: deal\nfields: {close_date: {label: Until, required: true}}\n")
    now = standard(deal=DEAL.replace("{type: date}", "{type: datetime, label: End}"))
    assert [each.key for each in upgrade(now, labelled).conflicts] == ["modules.deal.fields.close_date.label"]
    typed = site(deal="module: deal\nfields: {close_date: {type: text}}\n")
    now = standard(deal=DEAL.replace("{type: date}", "{type: date, default: '2026-01-01'}"))
    assert patch(upgrade(now, typed))["fields"]["close_date"] == {"type": "text", "default": None}


def test_a_type_that_the_site_only_repeats_does_not_bind_the_rest() -> None:
    own = site(deal="module: deal\nfields: {close_date: {type: date, label: Until}}\n")
    now = standard(deal=DEAL.replace("{type: date}", "{type: date, help: When it ends}"))
    assert upgrade(now, own) == MergedSite(site=own)


def test_values_that_move_to_a_shared_picklist_stay_with_the_site() -> None:
    own = site(organization="module: organization\nfields: {industry: {values: {law: Law}}}\n")
    now = standard(organization=ORGANIZATION.replace("values: {it: IT, retail: Retail}", "picklist: stage"))
    merged = upgrade(now, own)
    industry = effective(*now, merged.site)["modules/organization.yaml"]["fields"]["industry"]
    assert industry == {"type": "picklist", "values": {"it": "IT", "retail": "Retail", "law": "Law"}}


def test_a_place_that_has_gone_becomes_the_nearest_before_it() -> None:
    own = site(deal="module: deal\nfields: {extra: {type: date, after: chance}, first: {type: date, after: extra}}\n")
    merged = upgrade(standard(**LESS), own)
    assert merged.conflicts == ()
    assert patch(merged)["fields"]["extra"]["after"] == "amount"
    own = site(layout="module: deal\nrecord: {blocks: {mine: {fields: [stage], after: main}}}\n")
    now = standard(layout=LAYOUT.replace("    main: {label: Main, fields: [name, organization]}\n", ""))
    assert patch(upgrade(now, own), LAYOUT_PATH)["record"]["blocks"]["mine"]["after"] == ""


def test_what_the_base_adds_in_the_way_is_held_back() -> None:
    own = site(layout="module: deal\nlist: {views: {mine: {default: true}}}\n")
    now = standard(layout=LAYOUT + "    new: {label: New, default: true}\n")
    merged = upgrade(now, own)
    assert brief(merged) == [("layouts.deal.list.views.new", None, {"label": "New", "default": True}, None)]
    assert patch(merged, LAYOUT_PATH)["list"]["views"]["new"] is None
    own = site(
        visit="module: visit\nfields: {name: {type: text}, to_whom: {type: lookup, to: organization, reverse: trips}}\n"
    )
    now = standard(
        trip="module: trip\nfields: {name: {type: text}, at: {type: lookup, to: organization, reverse: trips}}\n"
    )
    assert [each.key for each in upgrade(now, own).conflicts] == ["modules.trip.fields.at.reverse"]


def test_changes_that_do_not_fit_together_are_held_back() -> None:
    own = site(deal="module: deal\nfields: {amount: {max: 10}}\n")
    now = standard(deal=DEAL.replace("min: 0", "min: 20"))
    assert [each.key for each in upgrade(now, own).conflicts] == ["modules.deal.fields.amount"]


def test_a_module_that_one_side_takes_away_whole() -> None:
    gone = layer({DEAL_PATH: "module: deal\nremoved: true\n"}, "plugin:less")
    patched = site(deal="module: deal\nplural: Sales\n")
    merged = merge_site(standard(), [*standard(), gone], patched)
    assert [(each.key, each.base_now) for each in merged.conflicts] == [("modules.deal", None)]
    whole = effective(*standard(), patched)[DEAL_PATH]
    assert effective(*standard(), gone, merged.site)[DEAL_PATH] == {**whole, "removed": False}
    assert decide(merged.site, merged.conflicts[0], "theirs") == site()
    removed = site(deal="module: deal\nremoved: true\n")
    assert merge_site(standard(), [*standard(), gone], removed) == MergedSite(site=site())
    changed = merge_site(standard(), standard(deal=DEAL.replace("Deals", "Sales")), removed)
    assert (changed.site, [each.key for each in changed.conflicts]) == (removed, ["modules.deal"])


def test_a_site_that_only_fits_the_new_base_was_written_for_it() -> None:
    own = site(deal="module: deal\nfields: {note: {label: Ours}}\n")
    now = standard(deal=DEAL.replace("rules:", "  note: {type: text, label: Theirs}\nrules:"))
    assert upgrade(now, own) == MergedSite(site=own)


def test_the_first_publish_merges_nothing() -> None:
    own = site(deal="module: deal\nfields: {note: {label: Ours}}\n")
    assert merge_upgrade([], standard(), own, compile_all) == MergedSite(site=own)


def test_problems_that_nothing_mends_are_raised() -> None:
    own = site(deal="module: deal\nfields: {x: {type: nothing}}\n")
    with pytest.raises(MetadataError) as raised:
        merge_upgrade(standard(), standard(**LESS), own, compile_all)
    assert [each.code for each in raised.value.diagnostics] == ["field.E011"]
    with pytest.raises(MetadataError):
        merge_upgrade(standard(), standard(deal="module: ["), site(deal="module: deal\nplural: x\n"), compile_all)


def test_the_base_before_may_be_given_new_names() -> None:
    now = standard(**{key: text.replace("chance", "odds") for key, text in STANDARD_TEXTS.items()})
    also = site(deal="module: deal\nfields: {odds: {label: Odds}, extra: {type: date}}\nplural: Ours\n")
    for own in (site(deal="module: deal\nfields: {odds: {label: Odds}}\n"), also):
        merged = merge_upgrade(standard(), now, own, compile_all, rename_then=lambda _: now, rename_now=lambda _: now)
        assert merged == MergedSite(site=own)


def test_several_lower_layers_count_as_one() -> None:
    plugin = layer({DEAL_PATH: "module: deal\nfields: {chance: {label: Chance}}\n"}, "plugin:odds")
    own = site(deal="module: deal\nfields: {chance: {label: Odds}}\n")
    merged = merge_site([*standard(), plugin], standard(), own)
    assert brief(merged) == [("modules.deal.fields.chance.label", "Chance", None, "Odds")]
