"""Why a value of the model is what it is: what each layer says about it, and what holds when none does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.metadata.addresses import find_address
from fieldstone.metadata.defaults import NO_DEFAULT, find_default
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.sayings import Saying, Sayings


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """`path` is the whole way to what was asked for. `sayings`: the layer that wins first, () when none says
    anything. `default` is what the model has when no layer sets the attribute, or it was removed; NO_DEFAULT
    otherwise."""

    path: str
    sayings: tuple[Saying, ...]
    default: Any = NO_DEFAULT

    @property
    def is_default(self) -> bool:
        return self.default is not NO_DEFAULT


def find_explanation(model: AppModel, layers: Sequence[Layer], path: str) -> Explanation | None:
    """The explanation of MODULE.FIELD.ATTRIBUTE, MODULE.ATTRIBUTE or a whole way; `layers` are those that `model`
    was compiled from, the lowest first. None when there is nothing of that name."""
    module, _, rest = path.partition(".")
    tries = (f"modules.{module}.fields.{rest}", f"modules.{path}", path)
    addresses = [address for address in map(find_address, tries) if address is not None]
    said = Sayings(layers)
    for address in addresses:
        sayings = said.of(address)
        if sayings:
            default = find_default(model, address) if sayings[0].removes else NO_DEFAULT
            return Explanation(path=address.key, sayings=sayings, default=default)
    for address in addresses:
        default = find_default(model, address)
        if default is not NO_DEFAULT:
            return Explanation(path=address.key, sayings=(), default=default)
    return None
