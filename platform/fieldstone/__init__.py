"""Fieldstone: a low-code CRM platform. See docs/ for its readers' guides."""

__version__ = "0.1.0"
