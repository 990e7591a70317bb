"""The door for a next thing to sell: vouchers live in this file alone, and are sold by what payments does for all."""

import io
import json
import zipfile
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from core.errors import NotFound
from core.testing.client import client_of
from core.testing.pdf import pdf_text
from payments import sellables, services
from payments.disputes.evidence import customer_facts, evidence_file
from payments.gateways import preferred
from payments.gateways.sandbox import client as sandbox
from payments.invoices.bills import Line, Parts, Seller
from payments.invoices.services import document_of
from payments.ledger import Account, balance, is_booked
from payments.ledger.booking import UnknownAccount, book
from payments.ledger.checking import differences
from payments.models import Invoice, LedgerEntry, Payment, Refund
from payments.models import ledger as accounts
from payments.payables import Payable, PaymentLink
from payments.refunds.services import fail_refund, request_refund, send_refund
from payments.tests.shop import dispute_of

pytestmark = pytest.mark.django_db


class VoucherAccount(models.TextChoices):
    VOUCHERS = "vouchers", "Vouchers sold"


@pytest.fixture(scope="module")
def voucher_model(django_db_setup, django_db_blocker):
    """The two tables, and nothing of them left for the tests of other modules."""

    class Voucher(Payable):
        NAME, LABEL, TRANSITIONS = "voucher", "The voucher", {}
        user = models.ForeignKey("accounts.User", on_delete=models.DO_NOTHING, related_name="+")
        currency = models.CharField(max_length=3, default="USD")
        price = models.DecimalField(max_digits=12, decimal_places=2)
        status = models.CharField(max_length=20, default="open")
        admin_url = "/admin/vouchers"

        class Meta:
            app_label = "payments"

        def __str__(self):
            return f"Voucher #{self.pk}"

    class VoucherPayment(PaymentLink):
        voucher = models.ForeignKey(Voucher, on_delete=models.DO_NOTHING, related_name="voucher_payments")
        payment = models.OneToOneField(Payment, on_delete=models.DO_NOTHING, related_name="voucher_payment")

        class Meta(PaymentLink.Meta):
            app_label = "payments"

    made = (Voucher, VoucherPayment)
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for model in made:
                editor.create_model(model)
        yield made
        with connection.schema_editor() as editor:
            for model in reversed(made):
                editor.delete_model(model)
    for model in made:
        del apps.all_models["payments"][model._meta.model_name]
    apps.clear_cache()


class VoucherSale(sellables.Sellable):
    """What the app would have as its `sellable.py`."""

    accounts = (VoucherAccount.VOUCHERS, Account.SALES_TAX)

    def payment_for(self, user, pk):
        with transaction.atomic():
            voucher = self.thing.objects.select_for_update().filter(user=user, pk=pk).first()
            if voucher is None:
                raise NotFound("Voucher not found")
            payment = services.open_payment(
                user=user, amount=voucher.price, currency="USD", gateway=preferred(currency="USD")
            )
            voucher.payment_links.create(payment=payment)
        return services.ensure_intent(payment=payment)

    def take(self, voucher, link):
        if voucher.status != "open":
            return False
        voucher.status = "paid"
        voucher.save()
        return True

    def counted(self, voucher, link):
        assert Invoice.objects.filter(invoice_of=link.payment).exists()
        self.thing.objects.filter(pk=voucher.pk).update(status="sent")

    def declined(self, link):
        self.thing.objects.filter(pk=link.voucher_id).update(status="declined")

    def refund_failed(self, link, refund):
        self.thing.objects.filter(pk=link.voucher_id).update(status="not refunded")

    def credits(self, voucher, link, parts):
        return {VoucherAccount.VOUCHERS: -4000, Account.SALES_TAX: -1000}

    def tax_back(self, link, refund):
        return 200

    def buyer(self, voucher):
        return [str(voucher.user), "Somewhere 1"]

    def parts(self, voucher, link):
        return Parts([Line(text="A voucher", price=Decimal(40), tax=Decimal(10))])

    def parts_back(self, link, refund):
        return Parts([Line(text="A part of it", price=Decimal(8), tax=Decimal(2))])

    def differences(self):
        for voucher in self.thing.objects.filter(status="odd"):
            yield f"{voucher.holder} is odd"

    def facts(self, voucher):
        return {"voucher.json": {"number": voucher.pk, "buyer": customer_facts(voucher.user)}}

    def payment_facts(self, link):
        return {"counted": link.counted_at is not None}

    def files(self, voucher):
        return {"terms.txt": b"None."}


@pytest.fixture
def sale(voucher_model, monkeypatch):
    """What the app would register in `AppConfig.ready`."""
    thing, link = voucher_model
    monkeypatch.setattr(sellables, "_sellables", dict(sellables._sellables))
    monkeypatch.setattr(accounts, "_of_apps", dict(accounts._of_apps))
    sellables.register(type("Sale", (VoucherSale,), {"thing": thing, "link": link})())
    return sellables.named("voucher")


@pytest.fixture
def voucher(sale, user):
    return sale.thing.objects.create(user=user, price=Decimal(50))


def intent_of(voucher):
    answer = client_of(voucher.user).post("payment/create-payment-intent", {"voucher_id": voucher.pk})
    assert answer.status_code == 200, answer.content
    return answer.json()["payment_intent_id"]


def pay(voucher, card=sandbox.SUCCESS):
    intent = intent_of(voucher)
    sandbox.pay(intent_id=intent, card=card)
    payment = services.ask_gateway(payment=Payment.objects.get(intent_id=intent))
    voucher.refresh_from_db()
    return payment


def lines_of(key):
    return dict(LedgerEntry.objects.get(key=key).lines.values_list("account", "amount"))


def test_it_is_paid_under_the_common_address_by_its_own_key(voucher, api_as, staff):
    assert intent_of(voucher)
    assert Payment.objects.get().amount == 50
    refused = api_as(staff).post("payment/create-payment-intent", {"voucher_id": voucher.pk})
    assert (refused.status_code, refused.json()["error"]) == (404, "Voucher not found")
    both = api_as(staff).post("payment/create-payment-intent", {"voucher_id": 1, "order_id": 1})
    assert both.json()["details"] == {"order_id": ["Name one order_id or one rental_id or one voucher_id."]}


def test_its_money_is_counted_booked_billed_and_checked(voucher):
    payment = pay(voucher)
    assert voucher.status == "sent"
    assert voucher.voucher_payments.get().counted_at is not None
    assert list(voucher.counted_payments()) == list(voucher.payments()) == [payment]
    assert lines_of(f"voucher-paid:{payment.pk}") == {"deposits": 5000, "vouchers": -4000, "sales_tax": -1000}
    assert LedgerEntry.objects.get(key=f"voucher-paid:{payment.pk}").subject == voucher.holder
    bill = Invoice.objects.about(voucher.holder).get()
    assert (bill.amount, bill.data["title"], bill.data["buyer"]["address"]) == (50, str(voucher), ["Somewhere 1"])
    assert sellables.thing_of(payment) == voucher
    assert list(differences()) == []


def test_its_refund_is_booked_and_credited_and_a_refused_one_reopened(voucher):
    payment = pay(voucher)
    refund = request_refund(payment=payment, amount=Decimal(10), reason="Half used")
    send_refund(refund=refund)
    assert lines_of(f"voucher-refunded:{refund.pk}") == {"refunds": 800, "sales_tax": 200, "deposits": -1000}
    note = Invoice.objects.about(voucher.holder).of_kind("credit_note").get()
    assert [line["text"] for line in note.data["lines"]] == ["A part of it"]
    assert list(differences()) == []
    fail_refund(refund_id=request_refund(payment=payment, amount=Decimal(1), reason="No").pk, reason="No.")
    voucher.refresh_from_db()
    assert voucher.status == "not refunded"


def test_its_invoices_name_who_sold_it_then(voucher, sale, monkeypatch):
    monkeypatch.setattr(sale, "seller", lambda voucher: Seller("Box & Office", "1 Marina, Lagos"), raising=False)
    payment = pay(voucher)
    monkeypatch.setattr(sale, "seller", lambda voucher: Seller("Renamed", ""))
    send_refund(refund=request_refund(payment=payment, amount=Decimal(10), reason="Half used"))
    for written in Invoice.objects.all():
        assert written.data["seller"] == {"name": "Box & Office", "address": "1 Marina, Lagos"}
        text = pdf_text(bytes(document_of(written).content))
        assert "Box & Office 1 Marina Lagos" in " ".join(text.split())
    assert Invoice.objects.count() == 2


def test_money_that_it_cannot_have_goes_back(voucher, sale):
    intent = intent_of(voucher)
    sale.thing.objects.update(status="void")
    sandbox.pay(intent_id=intent, card=sandbox.SUCCESS)
    payment = services.ask_gateway(payment=Payment.objects.get())
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (50, f"Voucher #{voucher.pk} could no longer be paid")
    send_refund(refund=refund)
    assert voucher.voucher_payments.get().counted_at is None
    assert not is_booked(f"voucher-paid:{payment.pk}")
    assert not Invoice.objects.exists()
    assert balance(Account.DEPOSITS, currency="USD") == 0
    assert list(differences()) == []


def test_a_declined_card_and_closed_intents(voucher):
    payment = pay(voucher, card=sandbox.DECLINED)
    assert (payment.status, voucher.status) == ("failed", "declined")
    voucher.close_intents()
    assert voucher.payments().get().status == "cancelled"


def test_it_is_paid_by_hand(voucher, staff):
    with transaction.atomic():
        voucher.lock_with_payments().record_by_hand(amount=voucher.price, reason="Cash", by=staff)
    voucher.refresh_from_db()
    assert voucher.status == "sent"
    assert balance(Account.CASH, currency="USD") == 5000
    with transaction.atomic():
        voucher.lock_with_payments()
        (refund,) = voucher.request_full_refunds(reason="Again")
    assert refund.amount == 50


def test_its_evidence_answers_a_bank(voucher):
    payment = pay(voucher)
    assert not voucher.is_disputed
    dispute_of(payment)
    assert voucher.is_disputed
    name, content = evidence_file(voucher)
    assert name == f"voucher-{voucher.pk}-evidence.zip"
    archive = zipfile.ZipFile(io.BytesIO(content))
    invoice = Invoice.objects.get()
    assert archive.namelist() == [
        "SHA256SUMS", f"invoices/{invoice.number}.pdf", "payments.json", "terms.txt", "voucher.json",
    ]  # fmt: skip
    (paid,) = json.loads(archive.read("payments.json"))
    assert (paid["counted"], paid["amount"], len(paid["disputes"])) == (True, "50.00", 1)
    assert evidence_file(voucher)[1] == content


def test_what_is_wrong_with_its_books_is_found(voucher, sale, monkeypatch):
    monkeypatch.setattr("payments.receivers.book_sale", lambda *args: None)
    pay(voucher)
    sale.thing.objects.update(status="odd")
    assert list(differences()) == [
        f"{voucher.holder} is odd",
        f"{voucher.holder}: its payments kept 50.00 USD, its books say 0.00 USD",
    ]


def test_nothing_is_booked_on_an_account_that_no_app_registered():
    with pytest.raises(UnknownAccount, match="vouchers"):
        book(key="x", kind="x", lines={VoucherAccount.VOUCHERS: 1, Account.CASH: -1}, currency="USD")
    assert not LedgerEntry.objects.exists()
