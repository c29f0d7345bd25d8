"""Full-text search: one tokeniser in Python, an index in either database, hits within the actor's reach."""

from fieldstone.records.search.find import search_records
from fieldstone.records.search.index import index_rows, remove_rows, search_fields

__all__ = ["index_rows", "remove_rows", "search_fields", "search_records"]
