"""Finding products: by words, by filters, in pages, with their facets."""

from catalog.search.indexing import MAX_TERMS, index, terms_of, words_of

__all__ = ["MAX_TERMS", "index", "terms_of", "words_of"]
