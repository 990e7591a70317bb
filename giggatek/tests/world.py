"""A small shop in which everything that could leak is there, for the tests that cross all apps."""

import json
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from accounts import one_time_tokens
from accounts.models import OneTimeToken
from accounts.tests.factories import PASSWORD, AddressFactory, AdminFactory, ManagerFactory, UserFactory
from catalog.models import WishlistItem
from catalog.tests.factories import ProductFactory
from core.api.faces import FACES, face_at
from core.testing.client import ApiClient
from giggatek.tests.world_events import box_office_bodies, build_box_office
from giggatek.tests.world_selling import build_orders, order_bodies
from giggatek.tests.world_stores import build_stores, store_bodies
from notifications.models import Email, Notice
from notifications.outbox.unsubscribe import unsubscribe_url
from orders.fulfilment import payment_intent_for
from orders.tests.shop import make_order
from payments import services
from payments.cards.services import start_setup
from payments.gateways.paystack.events import SIGNATURE_HEADER, signature_of
from payments.gateways.sandbox import client as sandbox
from payments.gateways.sandbox import vault as sandbox_vault
from payments.models import Invoice, Payment
from payments.refunds.services import request_refund, settle_refund
from payments.tests.shop import save_card
from rentals.money.paying import payment_intent_for as rental_intent_for
from rentals.tests.factories import make_rental
from storesync.api.face import HUB

ROLES = ("anonymous", "owner", "other", "manager", "admin")
NEW_PASSWORD = "Another-horse-2!"
NEW_ADDRESS = {
    "first_name": "Ada", "last_name": "Lovelace", "street_address": "1 Long Rd", "city": "Oakland", "state": "CA",
    "zip_code": "94601", "country": "US", "phone": "555-1",
}  # fmt: skip
NEW_PRODUCT = {"name": "Laptop", "price": 10.5, "category": "laptop", "inventory_count": 3}


def build_world():
    """Everybody, and what the owner owns: addresses, orders before and after paying, a wish, mailed secrets.

    Everybody has an address and the other customer an order, so that a list that forgets whose it is shows it.
    """
    world = SimpleNamespace(owner=UserFactory(), other=UserFactory(), manager=ManagerFactory(), admin=AdminFactory())
    world.address = AddressFactory(user=world.owner)
    for user in (world.other, world.manager, world.admin):
        AddressFactory(user=user)
        save_card(user)
    world.card = save_card(world.owner)
    world.product = ProductFactory(inventory_count=50)
    world.archived = ProductFactory(archived_at=timezone.now())
    world.order, world.billed, world.paid_order = (
        make_order(user=world.owner, product=world.product) for _ in range(3)
    )
    world.intent = payment_intent_for(order=world.order).intent_id
    world.paid_intent = payment_intent_for(order=world.paid_order).intent_id
    sandbox.pay(intent_id=world.paid_intent, card=sandbox.SUCCESS)
    build_papers(world)
    world.setup = start_setup(user=world.owner).setup_id
    WishlistItem.objects.create(user=world.owner, product=world.product)
    world.reset, world.verification = (
        one_time_tokens.issue(user=world.owner, purpose=purpose)
        for purpose in (OneTimeToken.Purpose.PASSWORD_RESET, OneTimeToken.Purpose.EMAIL_VERIFICATION)
    )
    build_rentals(world)
    build_news(world)
    build_box_office(world)
    build_orders(world)
    build_stores(world)
    world.picture = world.product.image_url.rpartition("/")[2]
    world.upload = "upload.txt"
    return world


def build_papers(world):
    """An invoice and a credit note of the owner's paid order, and such papers of the other customer's."""
    for order in (world.billed, make_order(user=world.other, product=world.product)):
        payment = payment_intent_for(order=order)
        sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
        services.confirm(payment=payment)
        refund = request_refund(payment=payment, amount=Decimal("1.00"), reason="Scratched")
        settle_refund(refund_id=refund.pk, gateway_id="re_world")
    world.credit = Invoice.objects.get(payment__order_payment__order=world.billed, kind="credit_note").number


def build_rentals(world):
    """The owner's rentals: to sign, running with an installment and a buyout paid at the gateway, and owned."""
    world.unsigned = make_rental(user=world.owner, product=world.product)
    world.rental, world.leaving, owned = (
        make_rental(user=world.owner, product=world.product, signed=True) for _ in range(3)
    )
    make_rental(user=world.other, product=world.product, signed=True)
    world.installment, world.buyout = (
        paid_intent(rental, purpose) for rental, purpose in ((world.rental, "installment"), (world.leaving, "buyout"))
    )
    world.paid = services.confirm(payment=Payment.objects.get(intent_id=paid_intent(owned, "buyout")))
    world.owned, world.receipt = owned, world.paid.invoice.number
    world.saved = start_setup(user=world.owner).setup_id
    sandbox_vault.confirm_setup(setup_id=world.saved, card=sandbox.SUCCESS)


def build_news(world):
    """The owner's news in the app, a mail that went to them, and the link in it; the other customer has such, too."""
    world.notice = world.owner.notices.get(kind="order_confirmation", event=news_of(world.order))
    world.mail = world.owner.emails.get(kind="order_confirmation", event=news_of(world.order))
    Email.objects.filter(pk=world.mail.pk).update(status=Email.Status.SENT)
    world.unsubscribe = unsubscribe_url(user_id=world.owner.pk, kind="order_shipped").rpartition("/")[2]
    world.forged = world.unsubscribe[:-1]
    about = {"kind": "event_reminder", "face": "events", "event": "world", "title": "Tomorrow: Jazz"}
    world.box_notice, _ = (Notice.objects.create(user=user, **about) for user in (world.owner, world.other))
    world.mailer, world.gateway = "mailgun", "sandbox"


def news_of(order):
    """The event under which the order's beginning is told."""
    return f"order-status:{order.status_history.earliest('pk').pk}"


def paid_intent(rental, purpose):
    """An intent of the rental that was paid at the gateway, which no event has brought."""
    intent_id = rental_intent_for(rental=rental, purpose=purpose).intent_id
    sandbox.pay(intent_id=intent_id, card=sandbox.SUCCESS)
    return intent_id


def own_ids(world, role, path):
    """What `role` owns or may see, under the names of the schema's path parameters; what is confirmed was paid."""
    user = world.owner if role == "anonymous" else getattr(world, role)
    ids = {
        "order_id": (world.billed if "invoice" in path or "credit" in path else world.order).pk,
        "number": world.receipt if "rentals" in path else world.credit,
        "payment_id": world.paid.pk,
        "product_id": world.product.pk,
        "address_id": user.addresses.first().pk,
        "intent_id": world.paid_intent if path.endswith("/confirm") else world.intent,
        "setup_intent_id": world.setup,
        "card_id": user.saved_cards.get().pk,
        "rental_id": rental_for(world, path).pk,
        "notice_id": world.notice.pk,
        "email_id": world.mail.pk,
        "gateway": world.gateway,
    }
    resource = path.partition("/{id}")[0].rpartition("/")[2]
    return {**ids, "id": ids.get(ID_OF.get(resource))}


# What a viewset's `id` is the id of, by the word before it in the path.
ID_OF = {
    "addresses": "address_id",
    "emails": "email_id",
    "notifications": "notice_id",
    "orders": "order_id",
    "payment-methods": "card_id",
    "products": "product_id",
    "rentals": "rental_id",
}


def rental_for(world, path):
    """The owner's rental with which this path has something to do."""
    others = {
        "cancel": world.unsigned,
        "sign-contract": world.unsigned,
        "buyout": world.leaving,
        "ownership.pdf": world.owned,
    }
    return world.owned if "invoice" in path else others.get(path.rpartition("/")[2], world.rental)


def put_upload(world):
    """The uploaded file, in the media folder of this test."""
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_ROOT / world.upload).write_text("an upload")


def client_for(world, role, *, back_office=False):
    """A client with the API token of this role, or with its session for the back office."""
    api = ApiClient()
    if role != "anonymous" and back_office:
        api.force_login(getattr(world, role), backend="django.contrib.auth.backends.ModelBackend")
    elif role != "anonymous":
        api.login_as(getattr(world, role))
        for face in FACES.values():  # now, since a test may undo what a request of its own wrote
            api.token_for(face.mounts[0])
    return api


def path_for(world, template):
    """A template such as `/api/orders/{order}` with the ids of this world."""
    ids = {name: getattr(value, "pk", value) for name, value in vars(world).items()}
    return template.format(**ids)


def bodies(world):
    """A good body for each operation that reads one, by the name that the tables use."""
    paying = sandbox.find(world.paid_intent)
    event, signature = sandbox.signed_event(paying)
    of_paystack = signature_of(event)
    return {
        "-": None,
        **box_office_bodies(world),
        **order_bodies(world),
        **store_bodies(world),
        "registration": {
            "email": f"{uuid4()}@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "Byron",
        },
        "full-name": {"email": f"{uuid4()}@example.com", "password": PASSWORD, "full_name": "Ada Byron"},
        "phone": {"phone": "555-1"},
        "google": {"token": "a.b.c"},
        "credentials": {"email": world.owner.email, "password": PASSWORD},
        "email": {"email": world.owner.email},
        "reset": {"token": world.reset, "new_password": NEW_PASSWORD},
        "verification": {"token": world.verification},
        "passwords": {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
        "profile": {"first_name": "Grace"},
        "address": NEW_ADDRESS,
        "city": {"city": "Berkeley"},
        "product": {**NEW_PRODUCT, "sku": f"NEW-{uuid4().hex}"},
        "price": {"price": 12.5},
        "wish": {"product_id": world.product.pk},
        "new-order": {
            "items": [{"product_id": world.product.pk, "quantity": 1}], "shipping_address_id": world.address.pk,
        },
        "status": {"status": "processing"},
        "card": {"card": sandbox.SUCCESS},
        "new-rental": {
            "product_id": world.product.pk, "total_months": 12, "address_id": world.address.pk,
        },
        "terms": {"product_id": world.product.pk, "total_months": 12, "country": "US", "state": "NY"},
        "signature": {"name": "Ada Lovelace"},
        "installment": {"payment_method": "stripe", "transaction_id": world.installment},
        "buyout": {"payment_method": "stripe", "transaction_id": world.buyout},
        "purpose": {"purpose": "installment"},
        "autopay": {"setup_intent_id": world.saved, "consent": True},
        "switches": {"preferences": {"order_shipped": {"email": False, "in_app": True}}},
        "to-save": {"setup_intent_id": world.saved},
        "rental-to-pay": {"rental_id": world.rental.pk},
        "to-pay": {"order_id": world.order.pk},
        "paid": {"payment_intent_id": world.paid_intent},
        "do-create": {"action": "create_payment_intent", "order_id": world.order.pk},
        "do-confirm": {"action": "confirm_payment_intent", "payment_intent_id": world.paid_intent},
        "do-retrieve": {"action": "retrieve_payment_intent", "payment_intent_id": world.intent},
        "event": SimpleNamespace(raw=event, headers={"Stripe-Signature": signature}),
        "forged-event": SimpleNamespace(raw=event, headers={"Stripe-Signature": signature[:-1] + "!"}),
        "paystack-event": SimpleNamespace(raw=event, headers={SIGNATURE_HEADER: of_paystack}),
        "forged-paystack-event": SimpleNamespace(raw=event, headers={SIGNATURE_HEADER: of_paystack.upper()}),
    }  # fmt: skip


def out_of_form(answer):
    """What is wrong with the body of a refusal by the form of the face that was asked, or an empty text."""
    body, status = answer.json(), answer.status_code
    error = body["error"]
    if face_at(answer.wsgi_request.path_info) is HUB:
        right = set(body) - {"fields"} == {"error", "details", "code"} and all((error, body["details"], body["code"]))
    else:
        text, code = (error, body["code"]) if isinstance(error, str) else (error["message"], error["code"])
        right = body["status"] == status and bool(text) and text == body["message"] and bool(code)
    return "" if right else f"{status} not in form: {body}"


def ask(api, method, url, body=None):
    """One request; `body` is JSON data or an event with its signature."""
    if isinstance(body, SimpleNamespace):
        return api.generic(method, url, body.raw, headers=body.headers)
    if method == "GET":
        return api.get(url)
    raw = json.dumps({} if body is None else body)
    return api.generic(method, url, raw, content_type="application/json")
