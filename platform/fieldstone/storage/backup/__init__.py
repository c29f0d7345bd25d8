"""Backups: one file that holds a whole site as it was at one moment, of either database, for either database."""
