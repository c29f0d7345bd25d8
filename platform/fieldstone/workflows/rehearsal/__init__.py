"""Workflows tried out: on one record, and over what was recorded. Nothing that they do stays."""
