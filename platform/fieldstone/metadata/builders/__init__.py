"""Documents in, definitions out: every default filled in.

Builders take whatever passed the loader. Where a document is unsound they build what they can, so
that one mistake is reported as one mistake; the schemas and checks have already said what is wrong.
"""
