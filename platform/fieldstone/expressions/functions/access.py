"""Functions of who asks."""

from __future__ import annotations

from typing import Any

from fieldstone.expressions import codes
from fieldstone.expressions.context import EvaluationContext
from fieldstone.expressions.function import Function, Parameter
from fieldstone.expressions.nodes import Name
from fieldstone.expressions.types import BOOLEAN


def has_role(context: EvaluationContext, role: str) -> bool:
    return role in context.roles


def in_group(context: EvaluationContext, group: str) -> bool:
    return group in context.groups


def in_my_team(context: EvaluationContext, principal: int) -> bool:
    return principal in context.team


def _by_nobody(record: int) -> bool:
    return False


def _check_record(site: Any) -> None:
    """The databases know who has marked what, module by module."""
    record = site.arguments[0]
    if not isinstance(record, Name) or len(record.type.targets) != 1 or record.type.targets == ("*",):
        site.refuse(codes.NEEDS_RECORD, name=site.function.name)


def _mark(name: str, help: str) -> Function:
    """A function that holds for the records that the user has marked. Only filters know: elsewhere it is false."""
    return Function(
        name=name,
        group="access",
        parameters=(Parameter(name="record", kinds=("reference",)),),
        result=BOOLEAN,
        python=_by_nobody,
        uses_user=True,
        rewrite=_check_record,
        sql=lambda writer, record: writer.marked(name, record),
        help=help,
        example=f"{name}(organization)",
    )


FUNCTIONS = (
    Function(
        name="has_role",
        group="access",
        parameters=(Parameter(name="role", kinds=("text",)),),
        result=BOOLEAN,
        python=has_role,
        needs_context=True,
        uses_user=True,
        help="True when the user has the role.",
        example="has_role('sales_manager')",
    ),
    Function(
        name="in_group",
        group="access",
        parameters=(Parameter(name="group", kinds=("text",)),),
        result=BOOLEAN,
        python=in_group,
        needs_context=True,
        uses_user=True,
        help="True when the user belongs to the group.",
        example="in_group('support')",
    ),
    Function(
        name="in_my_team",
        group="access",
        parameters=(Parameter(name="user", kinds=("reference",)),),
        result=BOOLEAN,
        python=in_my_team,
        needs_context=True,
        uses_user=True,
        sql=lambda writer, principal: writer.in_my_team(principal),
        help="True when the user or team is in one of the current user's teams.",
        example="in_my_team(owner)",
    ),
    _mark("followed", "In filters: true when the user follows the record. Write followed(id) for the record itself."),
    _mark(
        "starred",
        "In filters: true when the record is a favourite of the user. Write starred(id) for the record itself.",
    ),
)
