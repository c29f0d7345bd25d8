"""What a new module may start as: fields, layout and the rest as plain data, with the words of each language.

In the data `{module}` stands for the name of the new module, `{items}` for that of its line items, and a label is a
key of WORDS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Data = Mapping[str, Any]

WORDS: Mapping[str, Mapping[str, str]] = {
    "name": {"en": "Name", "zh_CN": "名称"},
    "person": {"en": "Name", "zh_CN": "姓名"},
    "subject": {"en": "Subject", "zh_CN": "主题"},
    "description": {"en": "Description", "zh_CN": "描述"},
    "organization": {"en": "Organization", "zh_CN": "客户"},
    "contact": {"en": "Contact", "zh_CN": "联系人"},
    "job_title": {"en": "Job title", "zh_CN": "职务"},
    "email": {"en": "E-mail", "zh_CN": "电子邮箱"},
    "phone": {"en": "Phone", "zh_CN": "电话"},
    "mobile": {"en": "Mobile", "zh_CN": "手机"},
    "birthday": {"en": "Birthday", "zh_CN": "生日"},
    "address": {"en": "Address", "zh_CN": "地址"},
    "website": {"en": "Website", "zh_CN": "网站"},
    "employees": {"en": "Employees", "zh_CN": "员工人数"},
    "tags": {"en": "Tags", "zh_CN": "标签"},
    "status": {"en": "Status", "zh_CN": "状态"},
    "priority": {"en": "Priority", "zh_CN": "优先级"},
    "starts_at": {"en": "Starts", "zh_CN": "开始时间"},
    "ends_at": {"en": "Ends", "zh_CN": "结束时间"},
    "all_day": {"en": "All day", "zh_CN": "全天"},
    "location": {"en": "Location", "zh_CN": "地点"},
    "related_to": {"en": "Related to", "zh_CN": "相关记录"},
    "reminder": {"en": "Remind before", "zh_CN": "提前提醒"},
    "due_at": {"en": "Due", "zh_CN": "截止时间"},
    "closed_at": {"en": "Closed", "zh_CN": "关闭时间"},
    "resolution": {"en": "Resolution", "zh_CN": "解决方案"},
    "issued_on": {"en": "Date", "zh_CN": "日期"},
    "valid_until": {"en": "Valid until", "zh_CN": "有效期至"},
    "net": {"en": "Net total", "zh_CN": "净额"},
    "tax_rate": {"en": "Tax", "zh_CN": "税率"},
    "total": {"en": "Grand total", "zh_CN": "总计"},
    "document": {"en": "Document", "zh_CN": "单据"},
    "position": {"en": "Position", "zh_CN": "行号"},
    "product": {"en": "Product", "zh_CN": "产品"},
    "quantity": {"en": "Quantity", "zh_CN": "数量"},
    "price": {"en": "Price", "zh_CN": "单价"},
    "discount": {"en": "Discount", "zh_CN": "折扣"},
    "amount": {"en": "Amount", "zh_CN": "金额"},
    "items": {"en": "Line items", "zh_CN": "明细"},
    "about": {"en": "About", "zh_CN": "基本信息"},
    "reach": {"en": "How to reach them", "zh_CN": "联系方式"},
    "totals": {"en": "Totals", "zh_CN": "合计"},
    "time": {"en": "When and where", "zh_CN": "时间和地点"},
}
"""Key → language → words."""


@dataclass(frozen=True, kw_only=True)
class StartingKind:
    """`module` and `layout` are documents without their names; `items` and `items_layout` those of a second module
    that comes along. `label` and `help` are English messages. A field in `needs` is only there when the site has the
    module that it leads to."""

    name: str
    icon: str
    label: str
    help: str
    module: Data
    layout: Data
    items: Data = field(default_factory=dict)
    items_layout: Data = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=lambda: {
        "organization": "organization", "contact": "contact", "product": "product",
    })  # fmt: skip


def _values(**values: tuple[str, str]) -> dict[str, Any]:
    """key=(label, colour)"""
    return {key: {"label": label, "colour": colour} for key, (label, colour) in values.items()}


_NAME = {"type": "text", "label": "name", "required": True, "max_length": 200}
_ORGANIZATION = {"type": "lookup", "label": "organization", "to": "organization", "index": True}
_CONTACT = {"type": "lookup", "label": "contact", "to": "contact", "index": True}
_DESCRIPTION = {"type": "long_text", "label": "description"}
_TAGS = {"type": "tags", "label": "tags"}
_DESCRIBED = {"label": "description", "columns": 1, "fields": ["description"]}

PLAIN = StartingKind(
    name="plain", icon="file-earmark", label="Plain", help="A name, a description and tags.",
    module={"name_field": "name", "fields": {"name": _NAME, "description": _DESCRIPTION, "tags": _TAGS}},
    layout={
        "record": {"header": ["owner"], "blocks": {
            "about": {"label": "about", "columns": 2, "fields": ["name", "tags", "owner"]}, "description": _DESCRIBED,
        }},
        "quick_create": ["name"], "list": {"columns": ["name", "tags", "owner", "modified_at"]},
    },
)  # fmt: skip
PERSON = StartingKind(
    name="person", icon="person", label="Person", help="Name, organization, ways to reach them, birthday, address.",
    module={
        "name_field": "name",
        "fields": {
            "name": {"type": "person_name", "label": "person", "required": True}, "organization": _ORGANIZATION,
            "job_title": {"type": "text", "label": "job_title", "max_length": 120},
            "email": {"type": "email", "label": "email", "index": True}, "phone": {"type": "phone", "label": "phone"},
            "mobile": {"type": "phone", "label": "mobile"},
            "birthday": {"type": "date", "label": "birthday", "personal": True},
            "address": {"type": "address", "label": "address"}, "description": _DESCRIPTION, "tags": _TAGS,
        },
        "duplicates": {"match": ["email"], "on_match": "warn"},
    },
    layout={
        "record": {"header": ["organization", "job_title", "email", "phone", "owner"], "blocks": {
            "about": {"label": "about", "columns": 2, "fields": ["name", "organization", "job_title", "tags", "owner"]},
            "reach": {"label": "reach", "columns": 2, "fields": ["email", "phone", "mobile", "birthday", "address"]},
            "description": _DESCRIBED,
        }},
        "quick_create": ["name", "organization", "email", "phone"],
        "list": {"columns": ["name", "organization", "job_title", "email", "phone", "owner"]},
    },
)  # fmt: skip
COMPANY = StartingKind(
    name="company", icon="building", label="Company", help="Name, ways to reach it, employees, address, a number.",
    module={
        "name_field": "name", "number": {"digits": 5},
        "fields": {
            "name": _NAME, "phone": {"type": "phone", "label": "phone"},
            "email": {"type": "email", "label": "email"}, "website": {"type": "url", "label": "website"},
            "employees": {"type": "integer", "label": "employees", "min": 0},
            "address": {"type": "address", "label": "address"}, "description": _DESCRIPTION, "tags": _TAGS,
        },
        "duplicates": {"match": ["name"], "on_match": "warn"},
    },
    layout={
        "record": {"header": ["phone", "email", "website", "owner"], "blocks": {
            "about": {"label": "about", "columns": 2, "fields": ["name", "employees", "tags", "owner"]},
            "reach": {"label": "reach", "columns": 2, "fields": ["phone", "email", "website", "address"]},
            "description": _DESCRIBED,
        }},
        "quick_create": ["name", "phone", "website"],
        "list": {"columns": ["name", "phone", "email", "employees", "owner"]},
    },
)  # fmt: skip
DOCUMENT = StartingKind(
    name="document", icon="receipt", label="Document with line items",
    help="A number, a customer, dates, a status, and lines with quantity, price and discount that add up to totals.",
    module={
        "name_field": "subject", "number": {"digits": 5},
        "fields": {
            "subject": {"type": "text", "label": "subject", "required": True, "max_length": 200},
            "organization": _ORGANIZATION, "contact": _CONTACT,
            "status": {"type": "picklist", "label": "status", "required": True, "default": "draft", "values": _values(
                draft=("Draft", "gray"), sent=("Sent", "blue"), accepted=("Accepted", "green"),
                declined=("Declined", "red"),
            )},
            "issued_on": {"type": "date", "label": "issued_on", "default_expression": "today()"},
            "valid_until": {"type": "date", "label": "valid_until"},
            "net": {
                "type": "rollup", "label": "net", "relation": "items", "function": "sum", "of": "amount",
            },
            "tax_rate": {"type": "percent", "label": "tax_rate", "min": 0, "max": 100},
            "total": {
                "type": "formula", "label": "total", "result": "money",
                "expression": "net * (1 + coalesce(tax_rate, 0) / 100)",
            },
            "description": _DESCRIPTION,
        },
    },
    layout={
        "record": {"header": ["organization", "status", "issued_on", "total", "owner"], "path": "status", "blocks": {
            "about": {"label": "about", "columns": 2, "fields": [
                "subject", "organization", "contact", "status", "issued_on", "valid_until", "owner",
            ]},
            "totals": {"label": "totals", "columns": 2, "fields": ["net", "tax_rate", "total"]},
            "description": _DESCRIBED,
        }, "related": {"items": {
            "columns": ["name", "quantity", "price", "discount", "amount"], "sort": ["position"],
        }}},
        "quick_create": ["subject", "organization", "valid_until"],
        "list": {"columns": ["subject", "organization", "status", "issued_on", "total", "owner"]},
    },
    items={
        "name_field": "name", "hidden": True,
        "fields": {
            "document": {
                "type": "lookup", "label": "document", "to": "{module}", "required": True, "on_delete": "cascade",
                "index": True, "reverse": "items", "reverse_label": "items",
            },
            "position": {"type": "integer", "label": "position", "min": 0},
            "product": {"type": "lookup", "label": "product", "to": "product"},
            "name": _NAME,
            "quantity": {"type": "decimal", "label": "quantity", "required": True, "default": 1, "min": 0},
            "price": {"type": "money", "label": "price", "required": True},
            "discount": {"type": "percent", "label": "discount", "min": 0, "max": 100},
            "amount": {
                "type": "formula", "label": "amount", "result": "money",
                "expression": "quantity * price * (1 - coalesce(discount, 0) / 100)",
            },
        },
    },
    items_layout={
        "quick_create": ["document", "name", "product", "quantity", "price", "discount"],
        "list": {"columns": ["name", "document", "quantity", "price", "amount"]},
    },
)  # fmt: skip
EVENT = StartingKind(
    name="event", icon="calendar-event", label="Event",
    help="Start and end, place, what it is about, a reminder; shown in the calendar.",
    module={
        "name_field": "subject",
        "fields": {
            "subject": {"type": "text", "label": "subject", "required": True, "max_length": 200},
            "status": {"type": "picklist", "label": "status", "required": True, "default": "planned", "values": _values(
                planned=("Planned", "blue"), held=("Held", "green"), cancelled=("Cancelled", "gray"),
            )},
            "starts_at": {"type": "datetime", "label": "starts_at", "required": True, "index": True},
            "ends_at": {"type": "datetime", "label": "ends_at", "index": True},
            "all_day": {"type": "checkbox", "label": "all_day"},
            "location": {"type": "text", "label": "location", "max_length": 200},
            "related_to": {"type": "lookup", "label": "related_to", "to": ["*"], "on_delete": "cascade"},
            "reminder": {"type": "duration", "label": "reminder", "min": 0}, "description": _DESCRIPTION,
        },
        "activity": {"about": "related_to"},
        "reminder": {"at": "starts_at", "before": "reminder", "if": "status == 'planned'"},
        "rules": {"ends_after_start": {
            "if": "ends_at < starts_at", "message": "It ends before it starts", "field": "ends_at",
        }},
    },
    layout={
        "record": {"header": ["starts_at", "ends_at", "location", "status", "owner"], "blocks": {
            "about": {"label": "about", "columns": 2, "fields": ["subject", "related_to", "status", "owner"]},
            "time": {"label": "time", "columns": 2, "fields": [
                "starts_at", "ends_at", "all_day", "location", "reminder",
            ]},
            "description": _DESCRIBED,
        }},
        "quick_create": ["subject", "starts_at", "ends_at", "related_to"],
        "list": {"columns": ["subject", "starts_at", "ends_at", "related_to", "status", "owner"]},
        "calendar": {"start": "starts_at", "end": "ends_at", "all_day": "all_day", "colour": "status"},
    },
)  # fmt: skip
TICKET = StartingKind(
    name="ticket", icon="life-preserver", label="Ticket",
    help="Who asks, status and priority, when it is due and closed, how it was resolved; a board by status.",
    module={
        "name_field": "subject", "number": {"digits": 5},
        "fields": {
            "subject": {"type": "text", "label": "subject", "required": True, "max_length": 200},
            "organization": _ORGANIZATION, "contact": _CONTACT,
            "status": {
                "type": "picklist", "label": "status", "required": True, "default": "new", "track_duration": True,
                "values": _values(
                    new=("New", "blue"), in_progress=("In progress", "amber"), waiting=("Waiting", "violet"),
                    closed=("Closed", "green"),
                ),
            },
            "priority": {"type": "picklist", "label": "priority", "default": "normal", "values": _values(
                low=("Low", "gray"), normal=("Normal", "blue"), high=("High", "orange"), urgent=("Urgent", "red"),
            )},
            "due_at": {"type": "datetime", "label": "due_at", "index": True},
            "closed_at": {"type": "datetime", "label": "closed_at"}, "description": _DESCRIPTION,
            "resolution": {"type": "long_text", "label": "resolution", "visible_when": "status == 'closed'"},
            "tags": _TAGS,
        },
        "rules": {"closed_needs_resolution": {
            "if": "status == 'closed' and is_empty(resolution)", "message": "A closed one needs a resolution",
            "field": "resolution",
        }},
    },
    layout={
        "record": {"header": ["status", "priority", "organization", "due_at", "owner"], "path": "status", "blocks": {
            "about": {"label": "about", "columns": 2, "fields": [
                "subject", "organization", "contact", "status", "priority", "due_at", "closed_at", "tags", "owner",
            ]},
            "description": {"label": "description", "columns": 1, "fields": ["description", "resolution"]},
        }},
        "quick_create": ["subject", "organization", "contact", "priority"],
        "list": {"columns": ["subject", "organization", "status", "priority", "due_at", "owner"]},
        "kanban": {"field": "status", "card": ["organization", "priority", "due_at"]},
    },
)  # fmt: skip

STARTING_KINDS: Mapping[str, StartingKind] = {
    kind.name: kind for kind in (PLAIN, PERSON, COMPANY, DOCUMENT, EVENT, TICKET)
}

VALUE_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh_CN": {
        "Draft": "草稿", "Sent": "已发送", "Accepted": "已接受", "Declined": "已拒绝", "Planned": "计划中",
        "Held": "已举行", "Cancelled": "已取消", "New": "新建", "In progress": "处理中", "Waiting": "等待中",
        "Closed": "已关闭", "Low": "低", "Normal": "普通", "High": "高", "Urgent": "紧急",
        "It ends before it starts": "结束时间早于开始时间",
        "A closed one needs a resolution": "关闭时必须填写解决方案",
    },
}  # fmt: skip
"""Language → the words of values and messages."""
