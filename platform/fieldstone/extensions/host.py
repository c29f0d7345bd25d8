"""Runs code plugins, and switches off those that fail."""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import Iterable
from typing import Any

import pluggy

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.kernel.hooks import ENTRY_POINT_GROUP, PROJECT, HookSpecs
from fieldstone.kernel.registry import Registry

log = logging.getLogger(__name__)


class PluginHost:
    """The code plugins of a process.

    `disabled` maps the name of each plugin that failed to what it raised; it is called no more. An error of
    Fieldstone's own tree (a refused value, say) is the plugin's verdict and passes on to whoever saves.
    """

    def __init__(self) -> None:
        self.disabled: dict[str, Exception] = {}
        self.versions: dict[str, str] = {}
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(HookSpecs)

    def load_entry_points(self) -> None:
        """Register every installed plugin of the group `fieldstone.plugins`."""
        for point in importlib.metadata.entry_points(group=ENTRY_POINT_GROUP):
            try:
                plugin = point.load()
            except Exception as error:
                self._disable(point.name, error)
            else:
                self.register(point.name, plugin, version=point.dist.version if point.dist else "0")

    def register(self, name: str, plugin: object, *, version: str = "0") -> None:
        """Add one plugin. One that does not fit the hooks is switched off at once."""
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
        except Exception as error:
            self._disable(name, error)
        else:
            self.versions[name] = version

    def call(self, hook: str, **arguments: Any) -> list[tuple[str, Any]]:
        """(plugin, result) of every plugin that has the hook, in the order of registration.

        Plugins are called one by one, so that the failure of one does not keep the others from working.
        """
        results = []
        for implementation in self._implementations(hook):
            name = implementation.plugin_name
            try:
                given = {key: arguments[key] for key in implementation.argnames}
                results.append((name, implementation.function(**given)))
            except FieldstoneError:
                raise
            except Exception as error:
                self._disable(name, error)
        return results

    def register_into(self, hook: str, registry: Registry[Any]) -> None:
        """Add to a registry what the plugins' `hook` gives; a duplicate switches its plugin off. The very same
        item may come again: a process can open several sites with one registry of functions."""
        for name, items in self.call(hook):
            try:
                for item in items or ():
                    if registry.find(item.name) is not item:
                        registry.register(item)
            except Exception as error:
                self._disable(name, error)

    def _implementations(self, hook: str) -> Iterable[pluggy.HookImpl]:
        return list(getattr(self._manager.hook, hook).get_hookimpls())

    def _disable(self, name: str, error: Exception) -> None:
        log.error("plugin %s is switched off", name, exc_info=error)
        self.disabled[name] = error
        self.versions.pop(name, None)
        if self._manager.has_plugin(name):
            self._manager.unregister(name=name)
