"""The shop's words under the name by which other apps still import them."""

from rentals.tests.shop import books_agree, client_of, fresh, intent_of, pay, save_card, try_card

__all__ = ["books_agree", "client_of", "fresh", "intent_of", "pay", "save_card", "try_card"]
