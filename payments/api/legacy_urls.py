"""The root addresses that the first clients use."""

from django.urls import path

from payments.api.legacy import StripeHandler
from payments.api.webhook import Webhook

urlpatterns = [
    path("stripe_handler.php", StripeHandler.as_view(), name="stripe-handler"),
    path("webhook.php", Webhook.as_view(), name="webhook-php"),
]
