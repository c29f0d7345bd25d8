"""Workflows and e-mail templates edited as plain data, and published by the smallest patch."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fieldstone.changes.editing.emails import email_path, with_email, with_email_words
from fieldstone.changes.editing.workflows import (
    copied_step,
    copied_workflow,
    find_workflow,
    make_step,
    moved_step,
    remove_workflow,
    steps_of,
    switched,
    users_of_template,
    with_steps,
    with_trigger,
    with_workflow,
    without_step,
    workflow_path,
)
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer

BELOW = Layer(
    name="standard",
    documents={
        "workflows/deal.yaml": """
module: deal
workflows:
  hot:
    label: Hot
    on: updated
    fields: [amount]
    if: amount > 10
    do:
      - comment: {text: one}
      - if: amount > 20
        email: {to: [owner], template: hot}
      - notify: {to: [owner], message: three}
""",
        "metadata/emails/hot.yaml": 'email: hot\nsubject: "{{ record.name }}"\nbody: Hot\n',
    },
)


def _edited(layers: list[Layer], path: str, wanted: dict[str, Any] | None) -> list[Layer]:
    made = with_site_layer(layers, patch_document(layers, path, wanted))
    assert read_effective(made, path) == (wanted or {})
    return made


def test_a_workflow_is_changed_copied_switched_and_removed_by_the_smallest_patch() -> None:
    path, layers = workflow_path("deal"), [BELOW]
    data = read_effective(layers, path)
    hot = find_workflow(data, "hot")
    assert hot is not None
    assert find_workflow(data, "cold") is None

    layers = _edited(layers, path, with_workflow(data, "deal", "hot", switched(hot, False)))
    assert layers[-1].documents[path] == "module: deal\nworkflows:\n  hot:\n    active: false\n"
    assert switched(switched(hot, False), True) == hot

    cron = {"on": "schedule", "schedule": {"cron": "0 8 * * 1"}, "fields": [], "label": "no part of it"}
    timed = with_trigger(hot, cron)
    assert timed == {key: value for key, value in hot.items() if key not in ("on", "fields")} | {
        "on": "schedule",
        "schedule": {"cron": "0 8 * * 1"},
    }
    copy = copied_workflow(timed, "Copy")
    layers = _edited(layers, path, with_workflow(read_effective(layers, path), "deal", "copy", copy))
    assert list(read_effective(layers, path)["workflows"]) == ["hot", "copy"]
    assert list(read_effective(layers, path)["workflows"]["copy"]) == ["label", "on", "schedule", "if", "active", "do"]

    for name, left in (("hot", ["copy"]), ("copy", [])):
        layers = with_site_layer(layers, remove_workflow(layers, "deal", name))
        assert list(read_effective(layers, path)["workflows"]) == left
    assert "copy" not in layers[-1].documents[path]
    layers = _edited(layers, path, with_workflow(read_effective(layers, path), "deal", "hot", hot))
    assert path not in layers[-1].documents
    alone = [Layer(name="site", documents={path: BELOW.documents[path]})]
    assert remove_workflow(alone, "deal", "hot").documents == {}
    first = with_workflow({}, "task", "t", {"do": [make_step("comment", {"text": "x"}, "a > 1")], "on": "saved"})
    assert first == {
        "module": "task",
        "workflows": {"t": {"on": "saved", "do": [{"if": "a > 1", "comment": {"text": "x"}}]}},
    }


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 5), st.sampled_from((-1, 1)))
def test_steps_are_moved_there_and_back_copied_and_removed(numbers: list[int], position: int, by: int) -> None:
    steps = [make_step("comment", {"text": str(number)}) for number in numbers]
    moved = moved_step(steps, position, by)
    assert sorted(map(str, moved)) == sorted(map(str, steps))
    if 0 <= position + by < len(steps) and position < len(steps):
        assert moved_step(moved, position + by, -by) == steps
        assert moved[position + by] == steps[position]
    else:
        assert moved == steps
    assert without_step(copied_step(steps, position), position) == steps
    assert steps_of(with_steps({"on": "saved"}, moved)) == moved


def test_an_email_and_its_translations_are_edited_and_its_users_are_found() -> None:
    path, layers = email_path("hot"), [BELOW]
    wanted = with_email(read_effective(layers, path), "hot", {"label": "Hot deal", "module": "deal", "body": "Hot"})
    assert wanted == {
        "email": "hot", "module": "deal", "label": "Hot deal", "subject": "{{ record.name }}", "body": "Hot",
    }  # fmt: skip
    layers = _edited(layers, path, wanted)
    assert layers[-1].documents[path] == "email: hot\nmodule: deal\nlabel: Hot deal\n"
    assert "label" not in with_email(wanted, "hot", {"label": ""})

    chinese = with_email_words({}, "zh_CN", "hot", {"subject": "大单", "body": ""})
    assert chinese == {"language": "zh_CN", "emails": {"hot": {"subject": "大单"}}}
    assert with_email_words(chinese, "zh_CN", "hot", {"subject": ""}) is None
    more = {**chinese, "groups": {"sales": "销售"}}
    assert with_email_words(more, "zh_CN", "hot", {"subject": ""}) == {"language": "zh_CN", "groups": {"sales": "销售"}}

    workflows = {"deal": read_effective(layers, workflow_path("deal")), "task": {}}
    assert users_of_template(workflows, "hot") == [("deal", "hot", 2)]
    assert users_of_template(workflows, "cold") == []
