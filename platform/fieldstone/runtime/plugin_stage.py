"""Lets code plugins take part in saves."""

from __future__ import annotations

from fieldstone.extensions.host import PluginHost
from fieldstone.records.stages import SaveWork


class PluginStage:
    """A stage of every save that calls the plugins' hooks of the same names."""

    def __init__(self, plugins: PluginHost) -> None:
        self._plugins = plugins

    def before_save(self, work: SaveWork) -> None:
        self._plugins.call("before_save", work=work)

    def after_save(self, work: SaveWork) -> None:
        self._plugins.call("after_save", work=work)
