"""The contract of an action: options with a schema, checked against the model, run for many records at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from fieldstone.workflows.step_scope import StepScope

if TYPE_CHECKING:
    from fieldstone.workflows.batch import Batch

Schema = Mapping[str, Any]


class Action(ABC):
    """Behaviour of one kind of step. Instances are stateless and shared."""

    name: ClassVar[str]
    """As written in YAML."""
    label: ClassVar[str]
    help: ClassVar[str]
    schema: ClassVar[Schema]
    """JSON Schema of the options."""
    before_save: ClassVar[bool] = False
    """Whether it can also run before the record is written, where it may only set values of the record."""

    @abstractmethod
    def compile(self, scope: StepScope, options: Any) -> Any:
        """The options made ready to run: expressions and templates compiled, names found in the model.

        Problems are noted with `scope.refuse`, or raised as FieldstoneError.
        """

    @abstractmethod
    def run(self, batch: Batch, plan: Any) -> None:
        """Do it for all records of the batch, with what `compile` gave. Notes the outcome of each record."""
