"""App-wide documents → definitions: the application, e-mail templates."""

from __future__ import annotations

from fieldstone.metadata.app_definitions import AppDef, GroupDef
from fieldstone.metadata.builders.words import label_from
from fieldstone.metadata.definitions import EmailTemplateDef
from fieldstone.metadata.nodes import MappingNode


def build_app(root: MappingNode | None) -> AppDef:
    """The application; all defaults without a document."""
    if root is None:
        return AppDef()
    node = root.mapping("app")
    return AppDef(
        name=node.text("name", "Fieldstone"),
        logo=node.text("logo"),
        accent=node.text("accent"),
        currency=node.text("currency", "USD"),
        currencies=node.texts("currencies"),
        rates=_texts(node.mapping("rates")),
        zone=node.text("zone", "UTC"),
        language=node.text("language", "en"),
        fiscal_year_start=node.whole("fiscal_year_start", 1),
        week_start=node.whole("week_start", 0),
        hours=_texts(node.mapping("hours")),
        holidays=dict(sorted(_texts(node.mapping("holidays")).items())),
        groups={
            name: GroupDef(
                name=name,
                label=group.text("label") or label_from(name),
                icon=group.text("icon"),
                modules=group.texts("modules"),
            )
            for name, group in node.mapping("groups").mappings()
        },
    )


def _texts(node: MappingNode) -> dict[str, str]:
    return {key: node.text(key) for key in node.entries}


def build_email(name: str, root: MappingNode) -> EmailTemplateDef:
    return EmailTemplateDef(
        name=name,
        label=root.text("label") or label_from(name),
        subject=root.text("subject"),
        body=root.text("body"),
        module=root.text("module"),
    )
