"""The expression language: parse, type-check, evaluate in Python, compile to SQL, show as rows."""
