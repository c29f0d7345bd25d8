"""Record types in Setup: what each offers, who may use it, and what its stages ask for."""
