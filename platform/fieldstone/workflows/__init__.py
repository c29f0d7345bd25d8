"""Triggers, actions, the engine that runs workflows, their traces and schedule."""
