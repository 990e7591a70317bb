"""Payments and saved cards: confirm a payment; save, list, choose and remove cards."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.inputs import EmptyInput
from core.api.schema import errors
from core.api.shapes import MessageShape
from core.api.viewsets import ResourceViewSet
from payments import services
from payments.api import shapes
from payments.api.base import PaymentView, own_payment
from payments.api.inputs import NewCardInput
from payments.cards import services as cards
from payments.cards import wallet


class PaymentViewSet(PaymentView, ResourceViewSet):
    """The customer's payments, by the gateway's id of their intents."""

    lookup_field = "intent_id"
    lookup_value_converter = "str"

    @extend_schema(request=EmptyInput, responses={200: shapes.ConfirmedShape, **errors(503)})
    @action(detail=True, methods=["post"])
    @idempotent()
    def confirm(self, request: Request, intent_id: str) -> Response:
        """Ask the gateway and settle; also when it was settled before. 400 while the money is not there."""
        self.validated(EmptyInput)
        payment = services.confirm(payment=own_payment(self.user, intent_id))
        return Response(shapes.ConfirmedShape.confirmed(payment))

    @extend_schema(request=EmptyInput, responses={200: shapes.SetupIntentShape, **errors(503)})
    @action(detail=False, methods=["post"], url_path="setup-intent")
    @idempotent()
    def setup_intent(self, request: Request) -> Response:
        """Begin to save a card; the card that comes of it is used by whatever takes a `setup_intent_id`."""
        self.validated(EmptyInput)
        return Response(shapes.SetupIntentShape.of(cards.start_setup(user=self.user)))


class SavedCardViewSet(PaymentView, ResourceViewSet):
    """The customer's saved cards."""

    not_found = wallet.CardNotFound

    @extend_schema(responses={200: shapes.CardsShape})
    def list(self, request: Request) -> Response:
        """List the cards that can pay now, newest first."""
        return Response(shapes.CardsShape.of({"payment_methods": wallet.cards_of(self.user)}))

    @extend_schema(
        request=NewCardInput,
        responses={200: shapes.ChangedCardShape, 201: shapes.ChangedCardShape, **errors(404, 503)},
    )
    @idempotent()
    def create(self, request: Request) -> Response:
        """Keep the card that the browser saved with a setup: 201; 200 when it was kept before."""
        card, is_new = cards.add_card(user=self.user, setup_id=self.validated(NewCardInput)["setup_intent_id"])
        answer = {"message": "Payment method saved", "payment_method": card}
        return Response(shapes.ChangedCardShape.of(answer), status=201 if is_new else 200)

    @extend_schema(responses={200: shapes.OneCardShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at a saved card."""
        return Response(shapes.OneCardShape.of({"payment_method": wallet.find_card(user=self.user, card_id=pk)}))

    @extend_schema(responses={200: MessageShape, **errors(503)})
    def destroy(self, request: Request, pk: int) -> Response:
        """Forget a card, at the gateway too; autopay that charges it ends."""
        wallet.remove_card(card=wallet.find_card(user=self.user, card_id=pk))
        return Response(MessageShape.of({"message": "Payment method removed"}))

    @extend_schema(request=EmptyInput, responses={200: shapes.ChangedCardShape})
    @action(detail=True, methods=["put"])
    def default(self, request: Request, pk: int) -> Response:
        """Make this card the default; the one before is not any more."""
        self.validated(EmptyInput)
        card = wallet.make_default(user=self.user, card_id=pk)
        answer = {"message": "Default payment method updated", "payment_method": card}
        return Response(shapes.ChangedCardShape.of(answer))
