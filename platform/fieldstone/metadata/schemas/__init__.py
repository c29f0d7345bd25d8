"""JSON Schemas of the documents: the law of what may be written, and the source of the reference pages."""
