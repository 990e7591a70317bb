"""What the calls of payments read."""

from typing import Any

from rest_framework import serializers

from core.api.fields import BooleanField, IdField, TextField
from core.api.inputs import Input
from payments import sellables

ACTIONS = ("create_payment_intent", "confirm_payment_intent", "retrieve_payment_intent")


class NewCardInput(Input):
    """The setup with which the browser saved a card. Its number stays there."""

    setup_intent_id = TextField(max_length=120, help_text="The setup's id, as it was answered when it was made.")


class SandboxSetupInput(Input):
    """A test card."""

    card = TextField(max_length=19, help_text="The number of one of the sandbox's test cards.")


class SandboxPayInput(SandboxSetupInput):
    """A test card, and whether the customer passes the authentication."""

    authenticate = BooleanField(default=False, help_text="true: the bank asked, and the customer confirmed.")


class PayableInput(serializers.Serializer):
    """What to pay. Other keys, an amount above all, are ignored."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """The keys of all that can be sold."""
        keys = [sellable.key for sellable in sellables.payable_by_key()]
        return {key: IdField(required=False, help_text="The one to pay.") for key in keys}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one thing is paid."""
        if len(attrs) != 1:
            keys = list(self.fields)
            raise serializers.ValidationError({keys[0]: [f"Name {' or '.join(f'one {key}' for key in keys)}."]})
        return attrs


class IntentInput(serializers.Serializer):
    """Which intent. Other keys are ignored."""

    payment_intent_id = TextField(max_length=120, help_text="The intent's id, as it was answered when it was made.")


class ActionInput(serializers.Serializer):
    """What the handler is to do."""

    action = serializers.ChoiceField(choices=ACTIONS, help_text="Which of the three calls it is.")
