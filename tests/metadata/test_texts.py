"""Translations: the keys of words, and what is missing."""

from __future__ import annotations

from fieldstone.metadata.texts import missing_translations, source_texts
from metadata.example import DEAL, codes, compile_base

CHINESE = """\
language: zh_CN
modules:
  deal:
    label: 商机
    plural: 商机
    help: 帮助
    fields:
      amount: 金额
      stage: {label: 阶段, help: 现在的阶段}
    rules: {won_needs_amount: 需要金额}
    record_types: {tender: 招标}
    views: {all: 全部}
    blocks: {details: 详情}
    workflows: {w: 流程}
  organization: {relations: {deals: 商机}}
picklists:
  stage: {label: 阶段, values: {won: 成交}}
groups: {sales: 销售}
roles: {rep: 销售员}
emails: {hi: {label: 问候, subject: 您好, body: 正文}}
system: {owner: 负责人}
"""
DOCUMENTS = {
    "metadata_translations_zh_CN": CHINESE,
    "metadata_roles": "roles: {rep: {modules: {deal: [view]}}}",
    "metadata_emails_hi": "email: hi\nsubject: Hello\nbody: Text",
    "modules_deal": DEAL + "record_types: {tender: {label: Tender}}\n",
    "workflows_deal": "module: deal\nworkflows: {w: {on: created, do: [{set_fields: {chance: 1}}]}}",
}


def test_translations_are_found_by_their_keys() -> None:
    compiled = compile_base(**DOCUMENTS)
    assert codes(compiled) == ["translation.W001"] or codes(compiled) == []
    model = compiled.get_model()
    assert model.text("module.deal.label", "zh_CN", "Deal") == "商机"
    assert model.text("field.deal.amount.label", "zh_CN", "Amount") == "金额"
    assert model.text("field.deal.stage.help", "zh_CN", "") == "现在的阶段"
    assert model.text("field.deal.name.label", "zh_CN", "Name") == "Name"
    assert model.text("module.deal.label", "de", "Deal") == "Deal"
    for key in (
        "picklist.stage.won", "picklist.stage.label", "group.sales", "role.rep", "email.hi.subject", "email.hi.body",
        "system.owner", "rule.deal.won_needs_amount", "record_type.deal.tender", "view.deal.all", "block.deal.details",
        "workflow.deal.w", "relation.organization.deals", "module.deal.plural", "email.hi.label",
    ):  # fmt: skip
        assert key in model.texts["zh_CN"]
        assert key in source_texts(model), key


def test_what_is_missing_is_listed_with_its_words() -> None:
    model = compile_base(**DOCUMENTS).get_model()
    missing = missing_translations(model, "zh_CN")
    assert missing["field.deal.name.label"] == "Name"
    assert missing["picklist.stage.lost"] == "Lost"
    assert "field.deal.amount.label" not in missing
    assert missing_translations(model, "de") == source_texts(model)
