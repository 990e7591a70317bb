"""The log names each request, and no reader of it can act for another user."""

import pytest
from structlog.testing import capture_logs


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("/reset-password?token=t0ps3cret", "/reset-password?token=***"),
        ("/verify-email?a=1&token=t0ps3cret&b=2", "/verify-email?a=1&token=***&b=2"),
        ("/pay?payment_intent_client_secret=pi_1_t0ps3cret", "/pay?payment_intent_client_secret=***"),
        ("/admin/login/?next=/x%3Ftoken%3Dt0ps3cret", "/admin/login/?next=/x%3Ftoken%3D***"),
        ("/unsubscribe/t0ps3cret?a=1", "/unsubscribe/***?a=1"),
        ("/events/api/v1/transfers/t0ps3cret/x", "/events/api/v1/transfers/***"),
        ("/sync-hub/x?code=t0ps3cret&shop=a&state=t0ps3cret", "/sync-hub/x?code=***&shop=a&state=***"),
        ("/api/products?page=2", "/api/products?page=2"),
    ],
)
def test_the_line_of_a_request_has_its_address_without_secrets(client, address, written):
    with capture_logs() as lines:
        client.get(address)
    assert {line["request"] for line in lines if "request" in line} == {f"GET {written}"}
    assert "t0ps3cret" not in str(lines)
