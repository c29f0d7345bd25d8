"""A small trade CRM, with everything that saving has to look at."""

from __future__ import annotations

DOCUMENTS = {
    "metadata/app.yaml": "app: {name: Trade, currency: EUR, zone: Europe/Berlin, language: en}\n",
    "metadata/roles.yaml": """
roles:
  seller:
    label: Seller
    scope: own
    modules: {"*": [view, create, edit, delete]}
  merger:
    label: Merger
    scope: own
    modules: {"*": [view, create, edit, delete]}
    tools: [merge]
  reader:
    label: Reader
    scope: all
    modules: {"*": [view]}
""",
    "metadata/picklists/stage.yaml": """
picklist: stage
label: Stage
default: open
values:
  open: {label: Open, meaning: open}
  offer: {label: Offer, meaning: open}
  won: {label: Won, meaning: won}
  lost: {label: Lost, meaning: lost}
  parked: {label: Parked, active: false}
""",
    "modules/organization.yaml": """
module: organization
label: Organization
plural: Organizations
name_field: name
duplicates: {match: [name], on_match: warn}
fields:
  name: {type: text, label: Name, required: true}
  industry: {type: text, label: Industry}
  parent: {type: lookup, label: Parent, to: [organization], reverse: branches}
  best_contact: {type: lookup, label: Best contact, to: [contact], reverse: best_of}
  won_total:
    type: rollup
    label: Won
    relation: opportunities
    function: sum
    of: amount
    where: stage == 'won'
  deals: {type: rollup, label: Deals, relation: opportunities, function: count}
  best: {type: rollup, label: Best, relation: opportunities, function: max, of: amount}
  mean: {type: rollup, label: Mean, relation: opportunities, function: avg, of: amount}
  rank:
    type: formula
    label: Rank
    result: text
    expression: "'A' if won_total > 1000 else 'B'"
""",
    "modules/contact.yaml": """
module: contact
label: Contact
plural: Contacts
name_field: name
duplicates: {match: [name, organization], on_match: block}
fields:
  name: {type: person_name, label: Name, required: true}
  email: {type: email, label: E-mail, unique: true}
  organization: {type: lookup, label: Organization, to: [organization], on_delete: cascade, reverse: contacts}
  password: {type: secret, label: Password}
""",
    "modules/opportunity.yaml": """
module: opportunity
label: Opportunity
plural: Opportunities
name_field: name
number: {prefix: OPP-, digits: 4}
record_types:
  standard: {label: Standard}
  tender: {label: Tender, picklists: {stage: [offer, won, lost]}}
fields:
  name: {type: text, label: Name, required: true, max_length: 100}
  organization: {type: lookup, label: Organization, to: [organization], on_delete: restrict, reverse: opportunities}
  contact: {type: lookup, label: Contact, to: [contact], reverse: opportunities}
  helper: {type: user, label: Helper}
  amount: {type: money, label: Amount, index: true}
  probability: {type: percent, label: Probability, default: 50}
  forecast:
    type: formula
    label: Forecast
    result: money
    expression: amount * probability / 100
  weighted:
    type: formula
    label: Weighted
    result: text
    expression: "concat(organization.industry, ' ', organization.rank)"
  days_left:
    type: formula
    label: Days left
    result: integer
    expression: days_between(today(), close_date)
  stage: {type: picklist, label: Stage, picklist: stage, required: true, track_duration: true}
  close_date: {type: date, label: Closes, default_expression: "add_days(today(), 30)"}
  reason: {type: text, label: Reason, required_when: "stage == 'lost'"}
  code: {type: text, label: Code, unique: true}
  source: {type: text, label: Source, read_only_after_create: true}
  score: {type: integer, label: Score, read_only: true}
  terms: {type: text, label: Terms, read_only_when: "stage == 'won'"}
  won: {type: checkbox, label: Won}
  tags: {type: tags, label: Tags}
  party: {type: lookup, label: Party, to: [organization, contact], reverse: parties}
  ticket: {type: auto_number, label: Ticket, prefix: T-, digits: 3}
  quiet: {type: text, label: Quiet, audited: false}
rules:
  won_needs_amount:
    if: stage == 'won' and is_empty(amount)
    message: A won opportunity needs an amount
    field: amount
  no_way_back:
    if: old.stage == 'won' and changed(stage)
    message: What is won stays won
relations:
  rivals:
    kind: many_to_many
    to: organization
    label: Rivals
    reverse: rival_in
    attributes:
      strength: {type: integer, label: Strength}
""",
    "modules/note.yaml": """
module: note
label: Note
plural: Notes
name_field: text
fields:
  text: {type: text, label: Text, required: true}
  about: {type: lookup, label: About, to: ["*"], on_delete: cascade, reverse: notes}
""",
    "modules/counter.yaml": """
module: counter
label: Counter
plural: Counters
name_field: name
fields:
  name: {type: text, label: Name, required: true, unique: true}
  value: {type: integer, label: Value}
""",
}
