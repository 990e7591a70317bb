"""The addresses of rentals."""

from django.urls import path

from rentals.views import contracts, invoices, money, rentals

urlpatterns = [
    path("rentals", rentals.Rentals.as_view(), name="rentals"),
    path("rentals/quote", rentals.RentalQuote.as_view(), name="rental-quote"),
    path("rentals/stats", rentals.RentalStats.as_view(), name="rental-stats"),
    path("rentals/<id:rental_id>", rentals.RentalDetails.as_view(), name="rental"),
    path("rentals/<id:rental_id>/cancel", rentals.CancelRental.as_view(), name="rental-cancel"),
    path("rentals/<id:rental_id>/return", rentals.ReturnRental.as_view(), name="rental-return"),
    path("rentals/<id:rental_id>/payment-intent", money.RentalPaymentIntent.as_view(), name="rental-payment-intent"),
    path("rentals/<id:rental_id>/make-payment", money.MakePayment.as_view(), name="rental-make-payment"),
    path("rentals/<id:rental_id>/buyout", money.Buyout.as_view(), name="rental-buyout"),
    path("rentals/<id:rental_id>/payments", money.RentalPayments.as_view(), name="rental-payments"),
    path("rentals/<id:rental_id>/autopay", money.RentalAutopay.as_view(), name="rental-autopay"),
    path("rentals/<id:rental_id>/sign-contract", contracts.SignContract.as_view(), name="rental-sign"),
    path("rentals/<id:rental_id>/contract", contracts.ContractPdf.as_view(), name="rental-contract"),
    path("rentals/<id:rental_id>/contract.pdf", contracts.ContractPdf.as_view(), name="rental-contract-pdf"),
    path("rentals/<id:rental_id>/ownership.pdf", contracts.OwnershipPdf.as_view(), name="rental-ownership-pdf"),
    path("rentals/<id:rental_id>/invoices", invoices.RentalInvoices.as_view(), name="rental-invoices"),
    path("rentals/<id:rental_id>/invoices/<str:number>", invoices.RentalInvoice.as_view(), name="rental-invoice"),
    path(
        "rentals/<id:rental_id>/payments/<id:payment_id>/invoice",
        invoices.PaymentInvoice.as_view(),
        name="rental-payment-invoice",
    ),
]
