"""Finding products: by words, by filters, in pages, with their facets."""

from catalog.search.indexing import MAX_TERMS, index, normalize, terms_of

__all__ = ["MAX_TERMS", "index", "normalize", "terms_of"]
