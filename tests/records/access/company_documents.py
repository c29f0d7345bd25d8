"""A small company in documents: four modules that hang together, one field that is secret to most."""

from __future__ import annotations

DOCUMENTS = {
    "metadata/picklists/stage.yaml": """
picklist: stage
label: Stage
values: {open: {label: Open}, won: {label: Won, meaning: won}, lost: {label: Lost, meaning: lost}}
""",
    "modules/organization.yaml": """
module: organization
label: Organization
plural: Organizations
name_field: name
fields:
  name: {type: text, label: Name, required: true}
  branch: {type: text, label: Branch, searchable: true}
  total:
    type: rollup
    label: Total margin
    relation: deals
    function: sum
    of: margin
""",
    "modules/contact.yaml": """
module: contact
label: Contact
plural: Contacts
name_field: name
fields:
  name: {type: text, label: Name, required: true}
  organization: {type: lookup, label: Organization, to: organization, reverse: contacts}
""",
    "modules/opportunity.yaml": """
module: opportunity
label: Opportunity
plural: Opportunities
name_field: name
number: {prefix: OPP-, digits: 4}
duplicates: {match: [name, remark], on_match: warn}
fields:
  name: {type: text, label: Name, required: true}
  organization: {type: lookup, label: Organization, to: organization, reverse: deals}
  contact: {type: lookup, label: Contact, to: contact, reverse: deals}
  amount: {type: integer, label: Amount, index: true}
  stage: {type: picklist, label: Stage, picklist: stage}
  margin: {type: integer, label: Margin}
  remark: {type: text, label: Remark, searchable: true}
  profit:
    type: formula
    label: Profit
    result: integer
    expression: |-
      margin * 2
  band:
    type: formula
    label: Band
    result: text
    reveals: true
    expression: |-
      'high' if margin > 100 else 'low'
relations:
  helpers: {kind: many_to_many, to: contact, label: Helpers, reverse: helps_in, reverse_label: Helps in}
""",
    "modules/quote.yaml": """
module: quote
label: Quote
plural: Quotes
name_field: name
fields:
  name: {type: text, label: Name, required: true}
  opportunity: {type: lookup, label: Opportunity, to: opportunity, reverse: quotes}
""",
    "metadata/roles.yaml": """
roles:
  boss: {label: Boss, scope: all, modules: {"*": [view]}}
""",
    "layouts/opportunity.yaml": """
module: opportunity
record:
  header: [organization, amount, margin, remark]
  blocks: {all: {label: All, fields: [name, organization, amount, stage, margin, remark, profit, band]}}
list:
  columns: [name, organization, remark, margin]
""",
}
