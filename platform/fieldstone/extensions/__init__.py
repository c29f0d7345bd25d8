"""Plugins: discovery, manifests, registration."""
