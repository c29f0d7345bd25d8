"""One file per page. `blueprints()` lists them all."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    from fieldstone.web.pages import (
        account,
        audience,
        board,
        calendar,
        columns,
        comments,
        conditions,
        delete,
        export,
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
        more,
        notifications,
        preview,
        quick,
        record,
        recycle_bin,
        related,
        search,
        share,
        stage,
        star,
        suggest,
        views,
        workflows,
    )

    pages = (
        account, audience, board, calendar, columns, comments, conditions, delete, export, form, groups, help, history,
        home, impersonate, imports, inline, jobs, list, login, mass, more, notifications, preview, quick, record,
        recycle_bin, related, search, share, stage, star, suggest, views, workflows,
    )  # fmt: skip
    return [page.page for page in pages]
