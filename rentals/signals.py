"""The signals of rentals, sent as `core.signals` says.

- `rental_shipped(sender, rental)`: its device was handed over
- `rental_paid(sender, rental, link)`: money was counted for the rental; `link` is its RentalPayment
- `autopay_failed(sender, rental, installment, attempt)`: a charge did not go through
- `payment_reminder_due(sender, rental, installment, reminder)`: a customer is to be reminded
- `rental_checked_in(sender, rental)`: its device came back and was looked at
"""

from django.dispatch import Signal

rental_shipped = Signal()
rental_paid = Signal()
autopay_failed = Signal()
payment_reminder_due = Signal()
rental_checked_in = Signal()
