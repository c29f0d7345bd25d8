"""Field types: one small class each, beside the registry that looks them up."""
