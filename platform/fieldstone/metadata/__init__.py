"""Loader, schemas, layers, definitions, compiler, model, checks and diff. Pure: no database, no web."""
