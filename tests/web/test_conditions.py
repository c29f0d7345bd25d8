"""Groups of conditions within groups: drawn, sent back, written as an expression and drawn again."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, quote, urlsplit

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from fieldstone.expressions.rows import Condition, Group, from_rows, to_rows
from fieldstone.records.access import readable_scope
from fieldstone.runtime.site import Site
from fieldstone.web.condition_reading import read_group
from fieldstone.web.condition_rows import DEEPEST, is_shown
from fieldstone.web.described import describe
from web.visitor import Visitor, text_of

NESTED = "contains(name, 'Deal') and (amount > 5000 or stage == 'won' and (probability > 50 or next_step == 'Call'))"
_PART = re.compile(
    r'<input type="hidden" name="(row)" value="([^"]*)"'
    r'|<select class="form-select" (?:id="match" )?name="([^"]+)"[^>]*>(.*?)</select>'
    r'|<input class="form-check-input" type="checkbox" name="([^"]+)" value="([^"]*)" checked'
    r'|<input class="form-control" type="[a-z]+"[^>]* name="(c\.[^"]+)" value="([^"]*)"',
    re.S,
)


def sent(page: str) -> list[tuple[str, str]]:
    """What a browser sends of the builder, in its order."""
    found = []
    for row, number, select, options, box, ticked, name, value in _PART.findall(page):
        if row:
            found.append((row, number))
        elif select:
            chosen = re.search(r'<option value="([^"]*)" selected', options)
            found.append((select, chosen[1] if chosen else ""))
        elif box:
            found.append((box, ticked))
        else:
            found.append((name, html.unescape(value)))
    return found


def where_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["where"][0]


def test_groups_are_built_moved_and_shown_as_an_expression(admin: Visitor) -> None:
    shown = admin.htmx(f"/m/opportunity/conditions?view=all&where={quote(NESTED)}").text
    assert shown.count("data-conditions-group") == 3
    fields = sent(shown)
    applied = admin.get("/m/opportunity/filter", query_string=[("view", "all"), *fields])
    written = where_of(applied.headers["Location"])
    assert written == NESTED.replace("stage == 'won' and", "(stage in ('won',) and").replace("'Call'))", "'Call')))")
    text = admin.get("/m/opportunity/conditions/text", query_string=fields)
    assert html.unescape(re.findall(r"<code>(.*?)</code>", text.text)[0]) == written
    again = admin.htmx(f"/m/opportunity/conditions?view=all&where={quote(written)}").text
    assert [value for name, value in sent(again) if name != "row"] == [value for name, value in fields if name != "row"]
    # A new group is sent with its row; one without anything filled in is left out.
    group = sent(admin.htmx("/m/opportunity/conditions/group").text)
    assert [name for name, _ in group if name == "row"] == ["row"] * 3, "opened, a condition, closed"
    assert where_of(
        admin.get("/m/opportunity/filter", query_string=[("view", "all"), *fields, *group]).headers["Location"]
    ) == written  # fmt: skip
    # What is wrong with a row is told while it is typed; what rows cannot show is written.
    bad = [("row", "1"), ("c.1.field", "amount"), ("c.1.op", "greater"), ("c.1.value", "much")]
    assert "is not a number" in text_of(admin.get("/m/opportunity/conditions/text", query_string=bad))
    deep = "name == 'a' or (name == 'b' and (name == 'c' or (name == 'd' and (name == 'e' or name == 'f'))))"
    for where, told in ((deep, True), (NESTED, False)):
        page = admin.htmx(f"/m/opportunity/conditions?view=all&written=1&where={quote(where)}").text
        assert "<textarea" in page
        assert ("rows cannot show it" in page) is told


_conditions = st.builds(
    Condition, field=st.just("name"), operator=st.just("contains"), value=st.text("abc", min_size=1, max_size=3)
)


def _groups(depth: int) -> st.SearchStrategy[Group]:
    inner = _conditions if depth == 0 else st.one_of(_conditions, _groups(depth - 1))
    items = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(Group, match=st.sampled_from(("all", "any")), items=items)


def _fields(group: Group, numbers: list[int]) -> list[tuple[str, str]]:
    fields = []
    for item in group.items:
        numbers.append(len(numbers))
        name = str(len(numbers))
        if isinstance(item, Group):
            fields += [("row", f"({name}"), (f"g.{name}.match", item.match), *_fields(item, numbers), ("row", ")")]
        else:
            fields += [("row", name), (f"c.{name}.field", item.field), (f"c.{name}.op", item.operator)]
            fields += [(f"c.{name}.value", item.value)]
    return fields


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(group=_groups(DEEPEST))
def test_what_is_sent_is_what_was_drawn(site: Site, group: Group) -> None:
    actor, published = site.accounts.operator(), site.models.current
    module = describe(published, "opportunity", actor)
    read, problems = read_group(module, MultiDict([("match", group.match), *_fields(group, [])]))
    assert (read, problems) == (group, [])
    scope = readable_scope(published, actor, "opportunity")
    shown = to_rows(from_rows(read, scope), scope)
    assert is_shown(shown), "an expression of what was drawn can be drawn"
