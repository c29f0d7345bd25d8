"""Backups of a site: made while people work, restored into a new folder or over a site that is stopped."""
