"""Rentals with their schedule, money, contract, autopay and reminders."""

from rentals.models.autopay import Autopay, ChargeAttempt
from rentals.models.contract import Contract, ContractDocument, ContractEvent
from rentals.models.dunning import LateFee, Reminder
from rentals.models.installment import Installment, RentalPayment
from rentals.models.rental import Rental, RentalStatusChange

__all__ = [
    "Autopay",
    "ChargeAttempt",
    "Contract",
    "ContractDocument",
    "ContractEvent",
    "Installment",
    "LateFee",
    "Reminder",
    "Rental",
    "RentalPayment",
    "RentalStatusChange",
]
