"""Fixtures of the payments' tests: the servers that stand in for Stripe and Paystack."""

from payments.tests.flaky_stripe import flaky_stripe
from payments.tests.localstripe import localstripe, localstripe_server
from payments.tests.mock_paystack import paystack

__all__ = ["flaky_stripe", "localstripe", "localstripe_server", "paystack"]
