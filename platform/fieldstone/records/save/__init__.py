"""The save pipeline: one step per file, in the order that `pipeline.STEPS` publishes."""
