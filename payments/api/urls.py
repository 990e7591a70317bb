"""The addresses of payments."""

from django.urls import path

from payments.api import cards, legacy, payments, sandbox, webhook

urlpatterns = [
    path("payments/<str:intent_id>/confirm", payments.ConfirmPayment.as_view(), name="payment-confirm"),
    path("payments/sandbox/<str:intent_id>/pay", sandbox.SandboxPay.as_view(), name="sandbox-pay"),
    path("payments/setup-intent", cards.SetupIntent.as_view(), name="setup-intent"),
    path(
        "payments/sandbox/setup/<str:setup_intent_id>/confirm",
        sandbox.SandboxSetupConfirm.as_view(),
        name="sandbox-setup-confirm",
    ),
    path("payments/webhook", webhook.Webhook.as_view(), name="webhook"),
    path("payments/webhook/<str:gateway>", webhook.Webhook.as_view(), name="gateway-webhook"),
    path("payment/webhook", webhook.Webhook.as_view(), name="webhook-alias"),
    path("payment/create-payment-intent", legacy.CreateIntent.as_view(), name="legacy-create-intent"),
    path("payment/confirm-payment-intent", legacy.ConfirmIntent.as_view(), name="legacy-confirm-intent"),
]

for prefix in ("payment", "payments"):
    urlpatterns += [
        path(f"{prefix}/payment-methods", cards.CardList.as_view()),
        path(f"{prefix}/payment-methods/<id:card_id>", cards.OneCard.as_view()),
        path(f"{prefix}/payment-methods/<id:card_id>/default", cards.DefaultCard.as_view()),
    ]
