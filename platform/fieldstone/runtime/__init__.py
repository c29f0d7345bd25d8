"""The composition root, without Flask: site settings, engines, the current model, registries."""
