"""Record forms: what a form holds for each field, how it is read back, and which fields it shows."""
