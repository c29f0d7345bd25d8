"""The smallest patch: what is wanted comes out, and nothing is said that the layers below say."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldstone.changes.site_patch import patch_entry, patch_lines, patch_section, read_effective, rename_in_site
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.writer import write_document

PATH = "metadata/roles.yaml"
_RIGHTS = st.lists(st.sampled_from(["view", "create", "edit"]), unique=True) | st.dictionaries(
    st.sampled_from(["view", "create", "edit"]), st.sampled_from(["own", "all"]), min_size=1
)
_ROLE = st.fixed_dictionaries(
    {"modules": st.dictionaries(st.sampled_from(["lead", "contact", "task"]), _RIGHTS)},
    optional={
        "label": st.sampled_from(["Rep", "Boss"]),
        "scope": st.sampled_from(["own", "all"]),
        "fields": st.dictionaries(
            st.sampled_from(["lead", "task"]), st.dictionaries(st.sampled_from(["a", "b"]), st.just("read"), min_size=1)
        ),
    },
)


def _layers(below: dict[str, Any], site: dict[str, Any] | None) -> list[Layer]:
    standard = Layer(name="standard", documents={PATH: write_document({"roles": below})})
    return [standard, Layer(name="site", documents={PATH: write_document(site)} if site else {})]


@given(below=_ROLE, first=_ROLE, wanted=_ROLE)
def test_what_is_wanted_comes_out(below: dict[str, Any], first: dict[str, Any], wanted: dict[str, Any]) -> None:
    layers = _layers({"rep": below, "boss": below}, {"roles": {"boss": {"label": "Kept"}}})
    once = [layers[0], patch_entry(layers, PATH, "roles", "rep", first)]
    assert read_effective(once, PATH)["roles"]["rep"] == first
    twice = [layers[0], patch_entry(once, PATH, "roles", "rep", wanted)]
    assert read_effective(twice, PATH)["roles"]["rep"] == wanted
    assert read_effective(twice, PATH)["roles"]["boss"]["label"] == "Kept"
    back = patch_entry(twice, PATH, "roles", "rep", below)
    assert back == layers[1]


def test_an_entry_is_removed_and_a_new_one_leaves_no_trace() -> None:
    layers = _layers({"rep": {"modules": {}}}, None)
    assert patch_entry(layers, PATH, "roles", "rep", None).documents == {PATH: "roles:\n  rep: null\n"}
    added = [layers[0], patch_entry(layers, PATH, "profiles", "extra", {"label": "Extra"})]
    assert read_effective(added, PATH)["profiles"] == {"extra": {"label": "Extra"}}
    assert patch_entry(added, PATH, "profiles", "extra", None).documents == {}


def test_single_values_of_a_section() -> None:
    path = "metadata/app.yaml"
    standard = Layer(name="standard", documents={path: "app:\n  name: Fieldstone\n  week_start: 0\n"})
    site = Layer(name="site", documents={path: "app:\n  name: Acme\n  zone: Asia/Shanghai\n"})
    layers = [standard, site]
    changed = patch_section(layers, path, "app", {"name": "Fieldstone", "week_start": 6}, {})
    assert changed.documents == {path: "app:\n  zone: Asia/Shanghai\n  week_start: 6\n"}
    assert patch_section(layers, path, "app", {"name": "Fieldstone", "zone": "UTC"}, {"zone": "UTC"}).documents == {}


_LINES = st.dictionaries(st.sampled_from(["*", "lead", "task"]), st.sampled_from(["private", "read", "edit"]))


@given(below=_LINES, first=_LINES, wanted=_LINES)
def test_whole_sections_of_single_values(below: dict[str, str], first: dict[str, str], wanted: dict[str, str]) -> None:
    path = "metadata/sharing.yaml"
    rules = {"rules": {"big": {"module": "lead"}}}
    layers = [
        Layer(name="standard", documents={path: write_document({"defaults": below, "inherit": {"task": "lead"}})}),
        Layer(name="site", documents={path: write_document(rules)}),
    ]
    for lines in (first, wanted, below):
        layers = [layers[0], patch_lines(layers, path, "defaults", lines)]
        said = read_effective(layers, path)
        assert (said.get("defaults") or {}, said["inherit"], said["rules"]) == (lines, {"task": "lead"}, rules["rules"])
    assert layers[1].documents == {path: write_document(rules)}


def test_moves_are_added_at_the_end_with_ids_of_their_own() -> None:
    path = "metadata/moves.yaml"
    said = "moves:\n  - id: setup-2\n    rename: {from: a, to: b}\n"
    layers = [Layer(name="site", documents={path: said})]
    once = [rename_in_site(layers, "role", "rep", "seller")]
    twice = rename_in_site(once, "profile", "x", "y")
    text = twice.documents[path]
    assert text.index("setup-2") < text.index("setup-3") < text.index("setup-4")
