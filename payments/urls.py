"""The addresses of payments."""

from django.urls import path

from payments import views

urlpatterns = [
    path("payments/<str:intent_id>/confirm", views.ConfirmPayment.as_view(), name="payment-confirm"),
    path("payments/sandbox/<str:intent_id>/pay", views.SandboxPay.as_view(), name="sandbox-pay"),
    path("payments/webhook", views.Webhook.as_view(), name="webhook"),
    path("payment/webhook", views.Webhook.as_view(), name="webhook-alias"),
]
