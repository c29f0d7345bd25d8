"""The layers that are installed on this machine: candidates for the next publish."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from fieldstone.changes.rollback import SITE, with_site_layer
from fieldstone.extensions.discovery import find_manifests, order_plugins, plugin_layers
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import UsageError
from fieldstone.metadata.layers import FOLDERS, Layer, read_layer, standard_folder, standard_layer

NO_DOCUMENTS = declare(
    "site.E013",
    "{folder} has none of the folders {expected}.",
    "Name the folder they are in. To take back everything of the site's own, leave {first} there, empty.",
)


class InstalledLayers:
    """Standard, then the chosen plugins of the product and of the site's own folder `plugins/`.

    `broken`: plugins that cannot be read, and why.
    """

    def __init__(self, folder: Path, chosen: Sequence[str]) -> None:
        found, self.broken = find_manifests((standard_folder() / "plugins", folder / "plugins"))
        self.plugins = order_plugins(chosen, found)

    def read(self) -> list[Layer]:
        return [standard_layer(), *plugin_layers(self.plugins)]

    def under(self, site: Layer | None) -> list[Layer]:
        """The installed layers with the site's own on top."""
        return with_site_layer(self.read(), site or Layer(name=SITE, documents={}))


def site_layer_of(layers: Iterable[Layer]) -> Layer | None:
    return next((layer for layer in layers if layer.name == SITE), None)


def read_site_layer(folder: Path) -> Layer:
    """The documents of the site layer from the data folders below `folder`.

    Raises UsageError site.E013 when it has none of them: a folder named by mistake must not read as an empty
    layer, which would remove all that the site has.
    """
    if not any((folder / name).is_dir() for name in FOLDERS):
        expected = ", ".join(f"{name}/" for name in FOLDERS)
        raise UsageError(NO_DOCUMENTS, folder=folder, expected=expected, first=f"{FOLDERS[0]}/")
    return read_layer(SITE, folder)
