"""Each mail arrives once, whatever happens to the workers and the mail server.

MAIL_STORM=10000 runs it at full size, with one worker killed every second; so does `python -m bench mail_storm`.
"""

import os

import pytest

from notifications.models import Email
from notifications.tests.storm import weather

FULL = int(os.environ.get("MAIL_STORM", "0"))


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_everybody_gets_their_mail_once_while_workers_die():
    many = FULL or 400
    storm = weather(many=many, kill_every=1 if FULL else 0.5)
    assert set(storm.taken) == {f"storm{n}@example.com" for n in range(many)}
    assert storm.kills >= 3
    assert storm.crashes == 0
    # Between the server's answer and our record no lock helps: whoever dies there sends the same mail again.
    assert storm.duplicates <= storm.kills
    ids = dict(Email.objects.values_list("recipient", "message_id"))
    assert {recipient: set(found) for recipient, found in storm.taken.items()} == {r: {i} for r, i in ids.items()}
    assert set(Email.objects.values_list("status", flat=True)) == {Email.Status.SENT}
