"""Durable jobs and the outbox, in the database of the site; the worker."""
