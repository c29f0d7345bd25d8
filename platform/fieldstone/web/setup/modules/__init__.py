"""The module manager: modules, their fields and their rules, changed in the draft."""
