"""Records as they were at a past time, read with the model of that time."""
