"""The editor of expressions: what may be typed next, what is wrong, what comes out for a record."""
