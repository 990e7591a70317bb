"""The addresses of orders."""

from django.urls import path

from orders.views import invoices, orders

urlpatterns = [
    path("orders", orders.Orders.as_view(), name="orders"),
    path("orders/stats", orders.OrderStats.as_view(), name="order-stats"),
    path("orders/shipping-methods", orders.ShippingMethods.as_view(), name="shipping-methods"),
    path("orders/<id:order_id>", orders.OrderDetails.as_view(), name="order"),
    path("orders/<id:order_id>/cancel", orders.CancelOrder.as_view(), name="order-cancel"),
    path("orders/<id:order_id>/status", orders.OrderStatus.as_view(), name="order-status"),
    path("orders/<id:order_id>/payments", orders.OrderPayments.as_view(), name="order-payments"),
    path("orders/<id:order_id>/payment-intent", orders.OrderPaymentIntent.as_view(), name="order-payment-intent"),
    path("orders/<id:order_id>/invoice", invoices.OrderInvoice.as_view(), name="order-invoice"),
    path("orders/<id:order_id>/credit-notes", invoices.CreditNotes.as_view(), name="order-credit-notes"),
    path("orders/<id:order_id>/credit-notes/<str:number>", invoices.CreditNote.as_view(), name="order-credit-note"),
]
