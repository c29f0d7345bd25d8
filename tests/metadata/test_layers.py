"""Layers: reading them, merging them, and knowing afterwards who set what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.documents import KINDS, MODULE, document_path, find_kind
from fieldstone.metadata.layers import Layer, read_layer, standard_folder, standard_layer
from fieldstone.metadata.loader import MAX_BYTES, parse_document
from fieldstone.metadata.merge import merge_documents
from fieldstone.metadata.writer import write_document
from metadata.example import BASE, DEAL, codes, compile_base, compile_layers, layer, patch_between, places, with_site


def merged(*texts: str) -> Any:
    problems = Diagnostics()
    roots = [parse_document(text, f"{position}.yaml", problems) for position, text in enumerate(texts)]
    result = merge_documents(MODULE, [root for root in roots if root is not None], problems)
    assert not problems.errors
    return result.data()


def test_mappings_merge_and_everything_else_replaces() -> None:
    data = merged(
        "module: a\nfields: {x: {type: text, help: h}}\nindexes: [[x]]\n", "fields: {x: {help: new}}\nindexes: []\n"
    )
    assert data == {"module": "a", "fields": {"x": {"type": "text", "help": "new"}}, "indexes": []}


def test_null_removes() -> None:
    data = merged("fields: {x: {type: text, help: h}, y: {type: date}}\n", "fields: {x: {help: null}, y: }\n")
    assert data == {"fields": {"x": {"type": "text"}}}


def test_another_type_leaves_behind_what_only_the_former_has() -> None:
    base = "fields: {x: {type: text, max_length: 9, help: h, misspelt: 1}}\n"
    kept = {"type": "date", "help": "h", "misspelt": 1}
    assert merged(base, "fields: {x: {type: date}}\n") == {"fields": {"x": kept}}
    assert merged(base, "fields: {x: {type: date, max_length: 5}}\n")["fields"]["x"] == {**kept, "max_length": 5}
    assert merged(base, "fields: {x: {type: text}}\n")["fields"]["x"]["max_length"] == 9
    link = "relations: {r: {attributes: {x: {type: text, max_length: 9}}}}\n"
    assert merged(link, "relations: {r: {attributes: {x: {type: integer, min: 1}}}}\n") == {
        "relations": {"r": {"attributes": {"x": {"type": "integer", "min": 1}}}}
    }


def test_after_places_new_and_old_entries() -> None:
    base = "fields: {a: {type: text}, b: {type: text}, c: {type: text}}\n"
    assert list(merged(base, "fields: {n: {type: date, after: a}}\n")["fields"]) == ["a", "n", "b", "c"]
    assert list(merged(base, "fields: {c: {after: ''}}\n")["fields"]) == ["c", "a", "b"]
    chained = merged(base, "fields: {n: {type: date, after: m}, m: {type: date, after: b}}\n")
    assert list(chained["fields"]) == ["a", "b", "m", "c", "n"] or list(chained["fields"]) == ["a", "b", "m", "n", "c"]
    assert "after" not in merged(base, "fields: {n: {type: date, after: a}}\n")["fields"]["n"]


def test_a_field_called_after_is_a_field() -> None:
    assert merged("fields: {after: {type: text}, b: {type: text}}\n") == {
        "fields": {"after": {"type": "text"}, "b": {"type": "text"}}
    }


def test_removing_nothing_is_a_warning_and_an_unknown_place_an_error() -> None:
    compiled = with_site(modules_deal="module: deal\nfields:\n  nope:\n  amount: {after: nmae}\n")
    assert places(compiled) == ["layer.W001 modules/deal.yaml:3:3", "layer.E001 modules/deal.yaml:4:19"]
    assert "name" in compiled.diagnostics.errors[0].hint


def test_a_patch_need_not_repeat_what_is_required() -> None:
    model = with_site(modules_deal="module: deal\nfields:\n  amount: {label: Value, required: true}\n").get_model()
    amount = model.modules["deal"].fields["amount"]
    assert (amount.type, amount.label, amount.required, amount.index) == ("money", "Value", True, True)


def test_a_problem_stands_where_it_was_written() -> None:
    compiled = with_site(modules_deal="module: deal\nfields:\n  amount: {type: monney}\n")
    assert places(compiled) == ["field.E011 modules/deal.yaml:3:18"]
    broken = {**BASE, "modules/deal.yaml": DEAL.replace("amount * chance", "amount * chnce")}
    compiled = compile_layers(layer(broken, "plugin:sales"), layer({}))
    assert str(compiled.diagnostics.errors[0].location) == "plugins/sales/modules/deal.yaml:15:26"


def test_provenance_names_every_layer_that_set_an_attribute() -> None:
    model = with_site(
        modules_deal="module: deal\nfields:\n  amount: {label: Value}\n  extra: {type: date}\n",
        metadata_app="app: {name: Mine}\n",
        metadata_roles="roles: {rep: {modules: {deal: [view]}}}\n",
    ).get_model()
    provenance = model.provenance

    def setters(path: str) -> list[str]:
        return [f"{origin.layer} {origin.location}" for origin in provenance[path]]

    assert setters("modules.deal.fields.amount.label") == ["site modules/deal.yaml:3:12"]
    assert setters("modules.deal.fields.amount.type") == ["standard standard/modules/deal.yaml:8:12"]
    assert [origin.layer for origin in provenance["modules.deal.fields.amount"]] == ["standard", "site"]
    assert [origin.layer for origin in provenance["app.name"]] == ["standard", "site"]
    assert setters("roles.rep.modules.deal") == ["site metadata/roles.yaml:1:25"]
    assert "modules.deal.fields.extra.type" in provenance
    assert "modules.deal.fields.extra.label" not in provenance
    assert "nothing.like.it" not in provenance
    assert "app" not in provenance or provenance["app"]
    assert len(list(provenance)) == len(provenance)
    assert all(provenance[path] for path in provenance)


def test_documents_must_be_known_and_named() -> None:
    compiled = compile_layers(
        layer(
            {
                **BASE,
                "modules/readme.yml": "a: 1",
                "metadata/secrets.yaml": "a: 1",
                "modules/deep/deal.yaml": "module: deal",
                "modules/lead.yaml": "fields: {name: {type: text}}",
                "modules/task.yaml": "module: tsak\nfields: {name: {type: text}}",
                "metadata/roles.yaml": "rep: {}",
            }
        )
    )
    assert places(compiled) == [
        "document.E001 metadata/secrets.yaml:1:1",
        "document.E001 modules/deep/deal.yaml:1:1",
        "document.E001 modules/readme.yml:1:1",
        "document.E002 metadata/roles.yaml:1:1",
        "document.E002 modules/lead.yaml:1:1",
        "document.E003 modules/task.yaml:1:9",
    ] or set(codes(compiled)) == {"document.E001", "document.E002", "document.E003"}


def test_every_kind_of_document_has_a_path() -> None:
    for kind in KINDS:
        assert find_kind(document_path(kind, "x")) is kind
    assert find_kind("modules/x.yml") is None


def test_a_layer_is_read_from_its_folders(tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "metadata" / "picklists").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "modules" / "b.yaml").write_text("module: b")
    (tmp_path / "modules" / "notes.txt").write_text("no document")
    (tmp_path / "metadata" / "picklists" / "a.yaml").write_text("picklist: 字", encoding="utf-8")
    (tmp_path / "metadata" / "junk.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "metadata" / "large.yaml").write_bytes(b"x" * (MAX_BYTES * 2))
    (tmp_path / "elsewhere" / "c.yaml").write_text("module: c")
    found = read_layer("site", tmp_path)
    assert list(found.documents) == [
        "metadata/junk.yaml", "metadata/large.yaml", "metadata/picklists/a.yaml", "modules/b.yaml",
    ]  # fmt: skip
    assert found.documents["metadata/picklists/a.yaml"] == "picklist: 字"
    assert len(found.documents["metadata/large.yaml"]) == MAX_BYTES + 1
    compiled = compile_layers(
        Layer(name="site", documents={"modules/junk.yaml": found.documents["metadata/junk.yaml"]})
    )
    assert codes(compiled) == ["yaml.E003"]


def test_an_unreadable_document_stops_the_checks_of_references() -> None:
    assert codes(compile_base(modules_organization="module: [")) == ["yaml.E001"]


def test_the_standard_layer_lies_beside_the_engine() -> None:
    assert (standard_folder() / "modules").is_dir()
    assert "modules/opportunity.yaml" in standard_layer().documents


@pytest.mark.parametrize(
    ("name", "file"), [("site", "a.yaml"), ("standard", "standard/a.yaml"), ("plugin:x", "plugins/x/a.yaml")]
)
def test_files_are_called_by_their_layer(name: str, file: str) -> None:
    assert Layer(name=name, documents={}).file("a.yaml") == file


_keys = st.sampled_from(["a", "b", "c", "d"])
_values = st.one_of(st.integers(0, 9), st.sampled_from(["x", "y"]), st.lists(st.integers(0, 3), max_size=2))
_trees = st.dictionaries(
    _keys, st.recursive(_values, lambda inner: st.dictionaries(_keys, inner, max_size=3), max_leaves=6)
)


@given(_trees, _trees)
def test_merging_a_patch_gives_what_the_patch_was_made_from(base: dict[str, Any], wanted: dict[str, Any]) -> None:
    patch = patch_between(base, wanted)
    assert merged(write_document(base), write_document(patch)) == wanted


@given(_trees, _trees, _trees)
def test_patches_over_patches_merge_in_order(
    base: dict[str, Any], second: dict[str, Any], third: dict[str, Any]
) -> None:
    texts = [base, patch_between(base, second), patch_between(second, third)]
    assert merged(*(write_document(text) for text in texts)) == third
