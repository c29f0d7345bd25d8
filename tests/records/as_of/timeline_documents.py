"""A small trade model that changes over time."""

from __future__ import annotations

APP = "app: {name: Trade, currency: EUR, zone: Europe/Berlin, language: en}\n"

ROLES = """
roles:
  seller:
    label: Seller
    scope: own
    modules:
      organization: [view, create, edit, delete, export, report]
      opportunity: [view, create, edit, delete, export, report]
"""

STAGES = """
picklist: stage
label: Stage
default: open
values:
  open: {label: Open}
  won: {label: Won}
  lost: {label: Lost}
"""

ORGANIZATION = """
module: organization
label: Organization
plural: Organizations
name_field: name
fields:
  name: {type: text, label: Name}
  industry: {type: text, label: Industry}
  won_total:
    type: rollup
    label: Won
    relation: opportunities
    function: sum
    of: amount
    where: stage == 'won'
  deals: {type: rollup, label: Deals, relation: opportunities, function: count}
  mean: {type: rollup, label: Mean, relation: opportunities, function: avg, of: amount}
  rank:
    type: formula
    label: Rank
    result: text
    expression: "'A' if won_total > 1000 else 'B'"
relations:
  suppliers: {kind: many_to_many, to: organization, label: Suppliers, reverse: customers}
"""

OPPORTUNITY = """
module: opportunity
label: Opportunity
plural: Opportunities
name_field: name
number: {prefix: OPP-, digits: 4}
fields:
  name: {type: text, label: Name}
  organization: {type: lookup, label: Organization, to: [organization], reverse: opportunities}
  amount: {type: money, label: Amount, index: true}
  probability: {type: percent, label: Probability, default: 50}
  forecast: {type: formula, label: Forecast, result: money, expression: amount * probability / 300}
  weighted:
    type: formula
    label: Weighted
    result: text
    expression: "concat(organization.industry, ' ', organization.rank)"
  age: {type: formula, label: Age, result: integer, expression: "days_between(close_date, today())"}
  stage: {type: picklist, label: Stage, picklist: stage}
  close_date: {type: date, label: Closes}
  code: {type: text, label: Code}
  hint: {type: text, label: Hint}
  won: {type: checkbox, label: Won}
  tags: {type: tags, label: Tags}
relations:
  rivals: {kind: many_to_many, to: organization, label: Rivals, reverse: rival_in}
"""

NOTE = """
module: note
label: Note
plural: Notes
name_field: text
fields:
  text: {type: text, label: Text}
  about: {type: lookup, label: About, to: [organization, opportunity], reverse: notes}
"""

DOCUMENTS = {
    "metadata/app.yaml": APP,
    "metadata/roles.yaml": ROLES,
    "metadata/picklists/stage.yaml": STAGES,
    "modules/organization.yaml": ORGANIZATION,
    "modules/opportunity.yaml": OPPORTUNITY,
    "modules/note.yaml": NOTE,
}


def with_opportunity(text: str, documents: dict[str, str] | None = None) -> dict[str, str]:
    return {**(documents or DOCUMENTS), "modules/opportunity.yaml": text}


RETYPED = OPPORTUNITY.replace("code: {type: text, label: Code}", "code: {type: integer, label: Code}")
REMOVED = OPPORTUNITY.replace("  hint: {type: text, label: Hint}\n", "")
RENAMED = OPPORTUNITY.replace("hint: {type: text", "remark: {type: text")
