"""The sentences of notices, written in the language of whoever is told: they are kept and mailed as they are."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, tuple[str, str]] = {
    "mention": ("{who} mentioned you", "{who} 提到了您"),
    "comment": ("{who} commented", "{who} 发表了评论"),
    "reply": ("{who} replied", "{who} 回复了评论"),
    "moved": ("{who} moved {field} from {old} to {new}", "{who} 将{field}从“{old}”改为“{new}”"),
    "owner": ("{who} made {owner} the owner", "{who} 将负责人改为 {owner}"),
    "assigned": ("{who} made you the owner", "{who} 将您设为负责人"),
    "reminder": ("Reminder", "提醒"),
    "reminder_note": ("Reminder: {note}", "提醒：{note}"),
    "due": ("Reminder for {when}", "提醒：{when}"),
    "mass_done": (
        "Your job on {plural} is done: {changed} of {total} records",
        "您对{plural}的批量操作已完成：处理 {changed} / {total}",
    ),
    "mass_stopped": (
        "Your job on {plural} has stopped: {changed} of {total} records",
        "您对{plural}的批量操作已中断：处理 {changed} / {total}",
    ),
    "refused": (", {failed} refused", "，拒绝 {failed} 条"),
    "records": ("records", "记录"),
    "import_done": (
        "The import of {file} is done: {created} created, {updated} updated, {failed} failed",
        "导入 {file} 已完成：新建 {created}，更新 {updated}，失败 {failed}",
    ),
    "import_stopped": (
        "The import of {file} has stopped: {created} created, {updated} updated, {failed} failed",
        "导入 {file} 已中断：新建 {created}，更新 {updated}，失败 {failed}",
    ),
    "more": ("The same happened to {count} more records", "另有 {count} 条记录发生了同样的变化"),
    "system": ("The system", "系统"),
    "workflow": ("Workflow {name}", "工作流“{name}”"),
    "empty": ("empty", "空"),
    "subject": ("{message}: {record}", "{message}：{record}"),
    "hello": ("Hello {name},", "{name}，您好："),
    "open": ("Open it: {link}", "打开：{link}"),
    "settings": (
        "You can choose what you are told by mail: {link}",
        "您可以选择哪些消息通过邮件通知：{link}",
    ),
}


def word(key: str, language: str, /, **facts: object) -> str:
    """A sentence in English or Chinese; English for all other languages."""
    english, chinese = _WORDS[key]
    return (chinese if language.startswith("zh") else english).format(**facts)
