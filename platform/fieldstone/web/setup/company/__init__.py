"""The company: its name and look, its year, and when people work."""
