"""Saving a card, and one's saved cards."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.schema import MessageBody, errors
from core.api.serializers import EmptyBody
from payments.api.base import PaymentView
from payments.api.serializers import (
    CardAnswer,
    CardsAnswer,
    ChangedCardAnswer,
    NewCardBody,
    SetupIntentAnswer,
    card_json,
    setup_intent_json,
)
from payments.cards import services as cards
from payments.cards import wallet


class SetupIntent(PaymentView):
    """The intent with which a browser saves a card, for charges while its owner is away."""

    @extend_schema(request=EmptyBody, responses={200: SetupIntentAnswer, **errors(503)})
    @idempotent()
    def post(self, request: Request) -> Response:
        """A new one; the card that comes of it is used by whatever takes a `setup_intent_id`."""
        self.validated(EmptyBody)
        return Response(setup_intent_json(cards.start_setup(user=self.user)))


class CardList(PaymentView):
    """GET, POST: the user's saved cards."""

    @extend_schema(responses={200: CardsAnswer})
    def get(self, request: Request) -> Response:
        """The cards that can pay now, newest first."""
        return Response({"payment_methods": [card_json(card) for card in wallet.cards_of(self.user)]})

    @extend_schema(
        request=NewCardBody, responses={200: ChangedCardAnswer, 201: ChangedCardAnswer, **errors(404, 503)}
    )
    @idempotent()
    def post(self, request: Request) -> Response:
        """Keep the card that the browser saved with a setup: 201; 200 when it was kept before."""
        card, is_new = cards.add_card(user=self.user, setup_id=self.validated(NewCardBody)["setup_intent_id"])
        body = {"message": "Payment method saved", "payment_method": card_json(card)}
        return Response(body, status=201 if is_new else 200)


class OneCard(PaymentView):
    """GET, DELETE: one saved card."""

    @extend_schema(responses={200: CardAnswer})
    def get(self, request: Request, card_id: int) -> Response:
        """The card."""
        return Response({"payment_method": card_json(wallet.find_card(user=self.user, card_id=card_id))})

    @extend_schema(responses={200: MessageBody, **errors(503)})
    def delete(self, request: Request, card_id: int) -> Response:
        """Forget the card, at the gateway too; autopay that charges it ends."""
        wallet.remove_card(card=wallet.find_card(user=self.user, card_id=card_id))
        return Response({"message": "Payment method removed"})


class DefaultCard(PaymentView):
    """PUT: which card is the default."""

    @extend_schema(request=EmptyBody, responses={200: ChangedCardAnswer})
    def put(self, request: Request, card_id: int) -> Response:
        """Make this card the default; the one before is not any more."""
        self.validated(EmptyBody)
        card = wallet.make_default(user=self.user, card_id=card_id)
        return Response({"message": "Default payment method updated", "payment_method": card_json(card)})
