"""What a decline means."""

import pytest

from payments.cards.declines import Decline, kind_of


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("lost_card", Decline.HARD),
        ("stolen_card", Decline.HARD),
        ("expired_card", Decline.HARD),
        ("revocation_of_authorization", Decline.HARD),
        ("insufficient_funds", Decline.SOFT),
        ("generic_decline", Decline.SOFT),
        ("card_declined", Decline.SOFT),
        ("do_not_honor", Decline.SOFT),
        ("try_again_later", Decline.SOFT),
        ("authentication_required", Decline.AUTHENTICATION),
        ("a_code_of_next_year", Decline.SOFT),
        ("", Decline.SOFT),
    ],
)
def test_the_kind_of_a_code(code, kind):
    assert kind_of(code) is kind
