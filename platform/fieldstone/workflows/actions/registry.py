"""The actions that come with Fieldstone."""

from __future__ import annotations

from collections.abc import Mapping

from fieldstone.kernel.registry import Registry
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.actions.approval import Approval
from fieldstone.workflows.actions.assign import Assign
from fieldstone.workflows.actions.comment import Comment
from fieldstone.workflows.actions.create_event import CreateEvent
from fieldstone.workflows.actions.create_record import CreateRecord
from fieldstone.workflows.actions.create_task import CreateTask
from fieldstone.workflows.actions.email import Email
from fieldstone.workflows.actions.link import Link
from fieldstone.workflows.actions.notify import Notify
from fieldstone.workflows.actions.set_fields import SetFields
from fieldstone.workflows.actions.tag import Tag
from fieldstone.workflows.actions.wait import Wait
from fieldstone.workflows.actions.webhook import Webhook

BUILT_IN = (
    SetFields, CreateRecord, Link, Email, Notify, CreateTask, CreateEvent, Comment, Tag, Assign, Webhook, Wait,
    Approval,
)  # fmt: skip


def built_in_actions() -> Registry[Action]:
    """A fresh registry, to which plugins add theirs."""
    return Registry("action", (action() for action in BUILT_IN))


ACTION_SCHEMAS: Mapping[str, Schema] = {action.name: action.schema for action in BUILT_IN}
"""Name → JSON Schema of the options, for `metadata.compile_model`."""
