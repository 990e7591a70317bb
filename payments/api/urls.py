"""The addresses of payments, and at the end those of the first clients."""

from django.urls import path

from core.api.viewsets import Router
from payments.api import legacy, sandbox, webhook
from payments.api.viewsets import PaymentViewSet, SavedCardViewSet

router, aliases = Router(), Router()
router.register("payments", PaymentViewSet, basename="payments")
router.register("payments/payment-methods", SavedCardViewSet, basename="payment-methods")
aliases.register("payment/payment-methods", SavedCardViewSet, basename="payment-methods")

urlpatterns = [
    path("payments/sandbox/<str:intent_id>/pay", sandbox.SandboxPay.as_view(), name="sandbox-pay"),
    path(
        "payments/sandbox/setup/<str:setup_intent_id>/confirm",
        sandbox.SandboxSetupConfirm.as_view(),
        name="sandbox-setup-confirm",
    ),
    path("payments/webhook", webhook.Webhook.as_view(), name="webhook"),
    path("payments/webhook/<str:gateway>", webhook.Webhook.as_view(), name="gateway-webhook"),
    *router.urls,
    path("payment/webhook", webhook.Webhook.as_view(), name="webhook-alias"),
    path("payment/webhook/<str:gateway>", webhook.Webhook.as_view(), name="gateway-webhook-alias"),
    path("payment/create-payment-intent", legacy.CreateIntent.as_view(), name="legacy-create-intent"),
    path("payment/confirm-payment-intent", legacy.ConfirmIntent.as_view(), name="legacy-confirm-intent"),
    *aliases.urls,
]
# Under /payment, outside of /api.
legacy_urlpatterns = [
    path("stripe_handler.php", legacy.StripeHandler.as_view(), name="stripe-handler"),
    path("webhook.php", webhook.Webhook.as_view(), name="webhook-php"),
]
