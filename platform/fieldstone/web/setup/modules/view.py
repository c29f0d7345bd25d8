"""The view of modules: everything below /setup/modules/ that its mixins show."""

from __future__ import annotations

from fieldstone.web.setup.categories import DATA
from fieldstone.web.setup.modules.field_pages import FieldPages
from fieldstone.web.setup.modules.module_pages import ModulePages
from fieldstone.web.setup.modules.rule_pages import RulePages
from fieldstone.web.setup.view import Page
from fieldstone.web.setup.view import later as _


class ModulesView(ModulePages, FieldPages, RulePages, Page):
    pass


def modules_view() -> ModulesView:
    return ModulesView(_("Modules"), DATA, endpoint="modules", menu_icon_type="bi", menu_icon_value="boxes")
