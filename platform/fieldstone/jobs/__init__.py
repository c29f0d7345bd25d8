"""Durable jobs and outbox in the database; the worker that runs them; recurring slots."""
