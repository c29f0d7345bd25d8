"""Automation inside the save: triggers, actions, engine, trace, schedule; mail and webhooks through jobs."""
