"""Finding the products of a query's words, by the way that is short for these words.

A database cannot know beforehand whether a word stands in ten products or in all. So it is asked first, and
then either led from the word to its products or, for common words, from product to product in the order of the
list, asking each for the words, until the page is full.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.db.models.lookups import Exact

from catalog.models import SearchTerm
from catalog.models.querysets import ProductQuerySet
from catalog.search.indexing import words_of

# A word with more terms than these is common.
COMMON = 5_000
# A list of products with common words is paged no further: counting on would take longer than finding.
MAX_COUNT = 5_000
MAX_WORDS = 8
LAST_CHARACTER = "\U0010ffff"


class Word:
    """A word of a query, or the beginning of one."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def frequency(self) -> int:
        """The number of its terms, counted to COMMON + 1."""
        return terms_beginning_with(self.text)[: COMMON + 1].count()

    @property
    def is_common(self) -> bool:
        return self.frequency > COMMON

    @cached_property
    def terms(self) -> QuerySet[SearchTerm]:
        """The terms that begin with the word; the one term, where there is but one: that is looked up faster."""
        terms = terms_beginning_with(self.text)
        first, last = terms.order_by("term")[:1], terms.order_by("-term")[:1]
        spelled = {term for end in (first, last) for term in end.values_list("term", flat=True)}
        return SearchTerm.objects.filter(term=spelled.pop()) if len(spelled) == 1 else terms


@dataclass(frozen=True)
class Words:
    """The words of a query, the rarest first; `is_text` says that there was something to find."""

    words: tuple[Word, ...]
    is_text: bool

    @classmethod
    def of(cls, text: str) -> Self:
        """The longest MAX_WORDS words of `text`."""
        longest = sorted(drop_prefixes(words_of(text)), key=len, reverse=True)[:MAX_WORDS]
        words = sorted(map(Word, longest), key=lambda word: word.frequency)
        return cls(tuple(words), bool(text))

    @property
    def are_common(self) -> bool:
        return bool(self.words) and self.words[0].is_common

    @property
    def find_nothing(self) -> bool:
        """Whether no product can have these words, or the text has none."""
        return self.is_text and not (self.words and self.words[0].frequency)

    def page(self, products: ProductQuerySet) -> ProductQuerySet:
        """Those of `products` that have every word, the way that is short for a page of them."""
        if self.are_common:
            return products.filter(*(has_word(word, of=OuterRef("pk")) for word in self.words))
        return self.all(products)

    def all(self, products: ProductQuerySet) -> ProductQuerySet:
        """Those of `products` that have every word, the way that is short for all of them."""
        if self.find_nothing:
            return products.none()
        if not self.words:
            return products
        rarest, *others = self.words
        products = products.filter(pk__in=rarest.terms.values("product"))
        return products.filter(*(has_word(word, of=OuterRef("pk")) for word in others))

    def count(self) -> int:
        """How many products have every word, counted to MAX_COUNT in the index of words alone."""
        rarest, *others = self.words
        terms = rarest.terms.filter(*(has_word(word, of=OuterRef("product_id")) for word in others))
        return terms.values("product_id").distinct()[:MAX_COUNT].count()


def drop_prefixes(words: list[str]) -> list[str]:
    """The words without those that merely begin another one: whoever has "i5" has "i"."""
    return [word for word in words if not any(other != word and other.startswith(word) for other in words)]


def terms_beginning_with(word: str) -> QuerySet[SearchTerm]:
    """The terms that begin with `word`, as a range of the index (LIKE would not use it everywhere)."""
    return SearchTerm.objects.filter(term__gte=word, term__lt=word + LAST_CHARACTER)


def has_word(word: Word, *, of: OuterRef) -> Exact:
    """Whether a product has the word, asked row by row.

    The CASE keeps MariaDB from turning the question into a join, whose result it would have to sort.
    """
    asked = Exists(word.terms.filter(product=of))
    return Exact(Case(When(asked, then=Value(1)), default=Value(0)), 1)
