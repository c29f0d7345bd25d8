"""Plan and publish changes of the model."""
