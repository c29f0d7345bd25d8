"""Engines and transactions, tables from the model, DDL operations, revisions, locks."""
