"""The two servers that stand in for Stripe."""

from payments.tests.flaky_stripe import flaky_stripe
from payments.tests.localstripe import localstripe, localstripe_server

__all__ = ["flaky_stripe", "localstripe", "localstripe_server"]
