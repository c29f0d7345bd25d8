"""Templates: what they can say, and what they cannot do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstone.workflows.markdown import to_html
from fieldstone.workflows.template import (
    TemplateError,
    TemplateValues,
    compile_line,
    compile_markdown,
    compile_text,
)

VALUES = TemplateValues(
    shown={"record.name": "Big deal", "record.amount": "12,000.00", "record.gone": "", "user.name": "Anna"},
    plain={"record.name": "Big deal", "record.amount": Decimal(12000), "record.gone": None, "record.stage": "won"},
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ""),
        ("{{ record.name }} by {{ user.name }}", "Big deal by Anna"),
        ("{{ record.amount }}", "12,000.00"),
        ("{% if record.amount > 10000 %}big{% else %}small{% endif %}", "big"),
        ("{% if record.gone > 1 %}a{% elif record.gone %}b{% else %}c{% endif %}", "c"),
        ("{% if 1 < record.amount <= 12000 %}yes{% endif %}", "yes"),
        ("{% if record.stage in ['won', 'lost'] and not record.gone %}closed{% endif %}", "closed"),
        ("{% if record.stage not in ('won',) %}open{% endif %}", ""),
        ("{% if record.stage == 'won' %}won{% endif %}", "won"),
        ("{% if record.stage != 'won' %}open{% endif %}", ""),
        ("{% if record.name > 5 %}?{% endif %}", ""),
        ("{{ record.gone or record.name }}", "Big deal"),
        ("{{ record.gone | default('nothing') }}", "nothing"),
        ("{{ record.name | upper | truncate(6) }}", "BIG..."),
        ("{{ 'a' ~ record.name if record.gone else 'b' }}", "b"),
        ("{% raw %}{{ record.name }}{% endraw %}{# note #}", "{{ record.name }}"),
        ("{{ record.unknown }}", ""),
    ],
)
def test_what_templates_can_say(source: str, expected: str) -> None:
    assert compile_text(source).render(VALUES) == expected


def test_the_paths_a_template_reads_are_known_beforehand() -> None:
    template = compile_text("{{ record.organization.name }}{% if record.amount > 1 %}{{ app.url }}{% endif %}")
    assert template.paths == {("record", "organization", "name"), ("record", "amount"), ("app", "url")}


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ record }}",
        "{{ record['__class__'] }}",
        "{{ record.name.upper() }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ range(10**9) }}",
        "{{ compare(1, 'eq', 1) }}",
        "{{ shown }}{{ plain }}",
        "{{ 9**9**9 }}",
        "{{ 'a' * 10**9 }}",
        "{{ 1 + 1 }}",
        "{{ -1 }}",
        "{{ '%1000000000s' | format(1) }}",
        "{{ 'a' | center(1000000000) }}",
        "{{ 'a' | replace('a', 'aaaa') }}",
        "{{ 'a' | indent(1000000000) }}",
        "{{ record.name | attr('__class__') }}",
        "{{ record.name | map('upper') }}",
        "{{ record.name | safe }}",
        "{{ record.name is defined }}",
        "{{ {'a': 1} }}",
        "{% for a in record.tags %}{% for b in record.tags %}x{% endfor %}{% endfor %}",
        "{% set a = 'x' %}",
        "{% macro m() %}{% endmacro %}",
        "{% block b %}{% endblock %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% filter upper %}x{% endfilter %}",
        "{% autoescape false %}x{% endautoescape %}",
        "{% do record.name %}",
        "{{ record.name",
        "{% if %}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "not " * 5000 + "1 }}",
        "{{ " + " ~ ".join(["record.name"] * 5000) + " }}",
        "x" * 20_001,
    ],
)
def test_what_templates_cannot_do(source: str) -> None:
    for compile_template in (compile_text, compile_line, compile_markdown):
        with pytest.raises(TemplateError):
            compile_template(source)


def test_names_with_underscores_are_only_keys_of_a_flat_dictionary() -> None:
    assert compile_text("{{ record.__class__.__mro__ }}").render(VALUES) == ""


def test_the_output_is_bounded() -> None:
    long = TemplateValues(shown={"record.name": "x" * 1_000_000}, plain={})
    assert len(compile_text("{{ record.name }}").render(long)) == 20_000
    with pytest.raises(TemplateError):
        compile_text("{{ record.name }}" * 50).render(long)


def test_a_line_stays_a_line() -> None:
    values = TemplateValues(shown={"record.name": "a\r\nBcc: x\u2028y\x00"}, plain={})
    assert compile_line("Deal: {{ record.name }}").render(values) == "Deal: a Bcc: x y"


def test_markup_in_values_is_shown_literally() -> None:
    name = "<script>alert(1)</script> {{ 7*7 }} **b** [x](javascript:alert(1)) | `c`\n# d\n    e"
    values = TemplateValues(
        shown={"record.name": name, "record.url": "https://crm.example.com/m/a/1?b=c_d*e"}, plain={}
    )
    source = "**{{ record.name }}**\n\n| a | b |\n|---|---|\n| x | {{ record.name }} |\n\n[Open]({{ record.url }})"
    html = to_html(compile_markdown(source).render(values))
    literal = "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} **b** [x](javascript:alert(1)) | `c`<br># d<br>e"
    assert html.count(literal) == 2
    assert f"<td>{literal}</td>" in html
    assert '<a href="https://crm.example.com/m/a/1?b=c_d*e" rel="noopener noreferrer">Open</a>' in html


@given(st.text(max_size=200))
def test_no_value_makes_markup(text: str) -> None:
    values = TemplateValues(shown={"record.name": text}, plain={})
    html = to_html(compile_markdown("a {{ record.name }} b").render(values))
    assert html.replace("<br>", "").count("<") == 2
    assert html.startswith("<p>a ")


def test_markdown_of_the_author_is_sanitised_too() -> None:
    html = to_html("<img src=x onerror=y> [a](javascript:x) ![b](http://tracker.example.com/x.png)")
    assert "<img" not in html
    assert 'href="javascript' not in html
