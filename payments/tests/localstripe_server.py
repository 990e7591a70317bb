"""localstripe, and what it lacks for saved cards, as Stripe documents it. Run as a program, by the fixture.

- idempotency keys: the same answer again, a decline too; 400 when the key comes with another body
- a SetupIntent that succeeds attaches its payment method to the customer
- confirming with a `payment_method` and `off_session`: a card of nobody, or of another customer, is refused; one
  whose bank asks is declined with `authentication_required`, and the intent waits for a payment method again
- an intent that was declined can be confirmed anew; one that succeeded cannot
"""

from aiohttp import web
from localstripe import resources
from localstripe.errors import UserError
from localstripe.resources import Event, PaymentIntent, PaymentMethod, SetupIntent, extra_apis, schedule_webhook

ANSWERS = {}
AUTHENTICATION = "authentication_required"
MESSAGE = "Your card was declined. This transaction requires authentication."


@web.middleware
async def idempotency(request, handler):
    """One effect for each key."""
    if request.path == "/_config/data":
        ANSWERS.clear()
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or not key:
        return await handler(request)
    asked = (request.path, await request.read())
    if key not in ANSWERS:
        answer = await handler(request)
        ANSWERS[key] = (asked, answer.status, answer.body)
    known, status, body = ANSWERS[key]
    if known != asked:
        error = {"type": "idempotency_error", "message": "Keys can only be used with the same parameters."}
        return web.json_response({"error": error}, status=400)
    return web.Response(body=body, status=status, content_type="application/json")


def confirm(id, payment_method=None, off_session=None, return_url=None, **kwargs):
    """POST /v1/payment_intents/{id}/confirm."""
    intent = PaymentIntent._api_retrieve(id)
    if payment_method is None:
        intent._refused = False
        return plain_confirm(id, **kwargs)
    if intent.status not in ("requires_payment_method", "requires_confirmation"):
        raise UserError(400, "You cannot confirm it now.", {"code": "payment_intent_unexpected_state"})
    method = PaymentMethod._api_retrieve(payment_method)
    if method.customer is None or method.customer != intent.customer:
        raise UserError(400, "The payment method is not the customer's.", {"code": "payment_method_invalid"})
    intent.payment_method, intent.latest_charge, intent._refused = payment_method, None, False
    if off_session == "true" and method._requires_authentication():
        refuse(intent)
    intent._confirm(on_failure_now=intent._report_failure)
    return intent


def refuse(intent):
    """No customer is there to authenticate."""
    intent.payment_method, intent._refused = None, True
    schedule_webhook(Event("payment_intent.payment_failed", intent))
    raise UserError(402, MESSAGE, {"code": AUTHENTICATION, "decline_code": AUTHENTICATION})


def last_payment_error(intent):
    """localstripe's own, and ours."""
    if getattr(intent, "_refused", False):
        return {"code": AUTHENTICATION, "decline_code": AUTHENTICATION, "message": MESSAGE}
    return plain_error.fget(intent)


def attach(setup, method):
    """localstripe's own; then the customer has the card."""
    plain_attach(setup, method)
    if setup.status == "succeeded":
        method.customer = setup.customer


plain_confirm, plain_error, plain_attach = (
    PaymentIntent._api_confirm,
    PaymentIntent.last_payment_error,
    SetupIntent._attach_pm,
)
PaymentIntent.last_payment_error = property(last_payment_error)
SetupIntent._attach_pm = attach
extra_apis[:] = [
    (method, url, confirm if url == "/v1/payment_intents/{id}/confirm" else function)
    for method, url, function in extra_apis
]

if __name__ == "__main__":
    from localstripe import server  # its routes are made of what stands in extra_apis by then

    assert resources.extra_apis is extra_apis
    server.app.middlewares.insert(0, idempotency)
    server.start()
