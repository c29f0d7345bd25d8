"""One file per page. `blueprints()` lists them all."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    from fieldstone.web.pages import (
        account,
        activity,
        comments,
        conditions,
        delete,
        export,
        follow,
        form,
        help,
        history,
        home,
        impersonate,
        imports,
        inline,
        list,
        login,
        more,
        notifications,
        past,
        quick,
        record,
        recycle_bin,
        related,
        reminders,
        search,
        stage,
        suggest,
        tags,
        undo,
        workflows,
    )

    pages = (
        account, activity, comments, conditions, delete, export, follow, form, help, history, home, impersonate,
        imports, inline, list, login, more, notifications, past, quick, record, recycle_bin, related, reminders, search,
        stage, suggest, tags, undo, workflows,
    )  # fmt: skip
    return [page.page for page in pages]
