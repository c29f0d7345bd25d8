"""A small sales model; tests add the workflows."""

from __future__ import annotations

MODULES = {
    "metadata/app.yaml": """
app: {name: Test CRM, currency: EUR, zone: Europe/Berlin, language: en}
""",
    "metadata/roles.yaml": """
roles:
  seller:
    label: Seller
    scope: own
    modules:
      "*": [view, create, edit, delete]
  clerk:
    label: Clerk
    scope: all
    modules:
      opportunity: [view, create, edit]
  intern:
    label: Intern
    scope: own
    modules:
      "*": [view, create, edit]
    fields:
      opportunity: {amount: hidden, forecast: hidden}
""",
    "metadata/emails/big_deal.yaml": """
email: big_deal
module: opportunity
subject: "Hot deal: {{ record.name }}"
body: |
  **{{ record.name }}** of {{ record.organization }} ({{ record.organization.industry }}) is worth {{ record.amount }}.

  {% if record.amount > 50000 %}Very hot!{% endif %}

  [Open]({{ record.url }})
""",
    "metadata/translations/zh_CN.yaml": """
language: zh_CN
emails:
  big_deal: {subject: "大单：{{ record.name }}"}
""",
    "modules/organization.yaml": """
module: organization
label: Organization
plural: Organizations
name_field: name
fields:
  name: {type: text, required: true}
  industry: {type: text}
  tier: {type: text}
  parent: {type: lookup, to: organization}
  deals: {type: integer}
""",
    "modules/opportunity.yaml": """
module: opportunity
label: Opportunity
plural: Opportunities
name_field: name
fields:
  name: {type: text, required: true, max_length: 100}
  organization: {type: lookup, to: organization, reverse: opportunities}
  amount: {type: money}
  probability: {type: percent, max: 100}
  forecast: {type: formula, result: money, expression: amount * probability / 100}
  stage:
    type: picklist
    default: open
    values:
      open: {label: Open}
      proposal: {label: Proposal}
      won: {label: Won}
  close_date: {type: date}
  meeting: {type: datetime}
  email: {type: email}
  counter: {type: integer}
  note: {type: text}
  key: {type: secret}
  tags: {type: tags}
relations:
  partners: {kind: many_to_many, to: organization, label: Partners, reverse: partner_in, reverse_label: Partner in}
rules:
  not_negative:
    if: amount < 0
    message: An amount is never negative
    field: amount
""",
    "modules/task.yaml": """
module: task
label: Task
plural: Tasks
name_field: subject
fields:
  subject: {type: text, required: true, max_length: 200}
  due_date: {type: date}
  priority: {type: text}
  related_to: {type: lookup, to: ["*"], reverse: tasks}
""",
    "modules/event.yaml": """
module: event
label: Event
plural: Events
name_field: subject
fields:
  subject: {type: text, required: true, max_length: 200}
  starts_at: {type: datetime, required: true}
  ends_at: {type: datetime}
  all_day: {type: checkbox}
  location: {type: text}
  related_to: {type: lookup, to: ["*"], reverse: events}
""",
    "modules/comment.yaml": """
module: comment
label: Comment
plural: Comments
name_field: text
hidden: true
fields:
  text: {type: text, required: true, max_length: 10000}
  related_to: {type: lookup, to: ["*"], required: true, reverse: comments, on_delete: cascade}
""",
}


def documents(opportunity: str = "", organization: str = "") -> dict[str, str]:
    """The model with these workflows, each given as the entries below `workflows:`."""
    found = dict(MODULES)
    for module, text in (("opportunity", opportunity), ("organization", organization)):
        if text.strip():
            found[f"workflows/{module}.yaml"] = f"module: {module}\nworkflows:\n{text}"
    return found
