"""The parts of a form that say how something repeats: of them a rule is made, and of a rule they are."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from fieldstone.fields.recurrence import find_rule
from fieldstone.fields.repeat_rule import FREQUENCIES, WEEKDAYS, RepeatRule
from fieldstone.fields.repeat_words import word_rule
from fieldstone.web.current import current_actor

KEPT = "KEPT"
"""As `freq`: the rule stays as it is, since it says more than the form can."""

_BLANK = {
    "freq": "", "interval": "1", "days": "", "by": "", "which": "1", "weekday": "MO", "ends": "", "until": "",
    "count": "10", "rest": "",
}  # fmt: skip


def parts_of_rule(value: object) -> dict[str, str]:
    """What the form shows for a stored value. `rest` is the value, for what the other parts do not say."""
    rule = find_rule(value)
    if rule is None:
        return dict(_BLANK)
    found = {**_BLANK, "rest": str(rule), "freq": rule.frequency if _is_plain(rule) else KEPT}
    found["interval"] = str(rule.interval)
    if rule.frequency == "WEEKLY":
        found["days"] = ",".join(WEEKDAYS[day] for _, day in rule.days)
    elif rule.days and _is_plain(rule):
        which, weekday = rule.days[0]
        found |= {"by": "weekday", "which": str(which), "weekday": WEEKDAYS[weekday]}
    if rule.until:
        found |= {"ends": "until", "until": rule.until.isoformat()}
    if rule.count:
        found |= {"ends": "count", "count": str(rule.count)}
    return found


def read_parts(key: str, form: MultiDict[str, str]) -> dict[str, str] | None:
    """What was sent; None when the form did not have it."""
    if f"{key}.freq" not in form:
        return None
    found = {name: form.get(f"{key}.{name}", default).strip() for name, default in _BLANK.items()}
    chosen = form.getlist(f"{key}.days")
    return found | {"days": ",".join(day for day in WEEKDAYS if day in chosen)}


def rule_of_parts(parts: Mapping[str, str]) -> str | None:
    """The text of the rule, for the field type to read or to refuse; None for never."""
    freq, rest = parts.get("freq", ""), parts.get("rest", "")
    if not freq:
        return None
    if freq == KEPT:
        return rest or None
    found = [f"FREQ={freq}"]
    if parts["interval"] != "1":
        found.append(f"INTERVAL={parts['interval']}")
    if freq == "WEEKLY" and parts["days"]:
        found.append(f"BYDAY={parts['days']}")
    if freq == "MONTHLY" and parts["by"] == "weekday":
        found.append(f"BYDAY={parts['which']}{parts['weekday']}")
    if parts["ends"] == "until":
        found.append(f"UNTIL={parts['until'].replace('-', '')}")
    if parts["ends"] == "count":
        found.append(f"COUNT={parts['count']}")
    before = find_rule(rest)
    return ";".join(found) + (str(before)[len(str(before).partition("\n")[0]) :] if before is not None else "")


def word_repeat(text: str) -> str:
    """A rule in words of the person's language."""
    rule, actor = find_rule(text), current_actor()
    return "" if rule is None else word_rule(rule, actor.language, actor.date_format)


def _is_plain(rule: RepeatRule) -> bool:
    """Whether the form can say it."""
    if rule.position or rule.month_days or rule.months or rule.week_start or rule.frequency not in FREQUENCIES:
        return False
    if rule.frequency == "MONTHLY" and rule.days:
        return len(rule.days) == 1 and rule.days[0][0] in (1, 2, 3, 4, -1)
    return rule.frequency in ("WEEKLY", "MONTHLY") or not rule.days
