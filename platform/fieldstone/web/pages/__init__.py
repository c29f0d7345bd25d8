"""One file per page. `blueprints()` lists them all."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    from fieldstone.web.pages import (
        account,
        activity,
        approvals,
        audience,
        board,
        brand,
        calendar,
        cells,
        columns,
        comments,
        conditions,
        delete,
        duplicates,
        export,
        follow,
        form,
        groups,
        help,
        history,
        home,
        impersonate,
        imports,
        inline,
        jobs,
        list,
        login,
        mass,
        merge,
        more,
        navigation,
        notifications,
        occurrence,
        palette,
        past,
        preview,
        quick,
        record,
        recycle_bin,
        related,
        reminders,
        search,
        share,
        stage,
        star,
        suggest,
        tags,
        undo,
        views,
        workflows,
    )

    pages = (
        account, activity, approvals, audience, board, brand, calendar, cells, columns, comments, conditions, delete,
        duplicates, export, follow, form, groups, help, history, home, impersonate, imports, inline, jobs, list, login,
        mass, merge, more, navigation, notifications, occurrence, palette, past, preview, quick, record, recycle_bin,
        related, reminders, search, share, stage, star, suggest, tags, undo, views, workflows,
    )  # fmt: skip
    return [page.page for page in pages]
