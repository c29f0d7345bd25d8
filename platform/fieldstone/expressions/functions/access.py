"""Functions of who asks."""

from __future__ import annotations

from fieldstone.expressions.context import EvaluationContext
from fieldstone.expressions.function import Function, Parameter
from fieldstone.expressions.types import BOOLEAN


def has_role(context: EvaluationContext, role: str) -> bool:
    return role in context.roles


def in_group(context: EvaluationContext, group: str) -> bool:
    return group in context.groups


def in_my_team(context: EvaluationContext, principal: int) -> bool:
    return principal in context.team


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
)
