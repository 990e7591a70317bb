"""Files that go with a mail: the very bytes that are stored, and no mail without them."""

from email.message import EmailMessage

import pytest
from django.core.management import call_command

from core.testing.races import race
from notifications.mails import rentals
from notifications.mails.parts import OWNERSHIP, SIGNED_CONTRACT
from notifications.models import Email
from notifications.outbox.attachments import MissingAttachment, fetch
from notifications.outbox.resending import send_again
from notifications.outbox.sending import deliver, follow_up
from notifications.tests.factories import EmailFactory
from rentals.contracts.services import ownership_document
from rentals.lifecycle.services import sign_contract
from rentals.models import Contract, ContractDocument, ContractEvent
from rentals.tests.factories import make_rental
from rentals.tests.shop import fresh, pay

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]
COPY_SENT = ContractEvent.Kind.COPY_SENT


@pytest.fixture
def signed():
    return make_rental(months=3, signed=True)


def mail_of(kind):
    return Email.objects.get(kind=kind)


def files(message):
    assert isinstance(message, EmailMessage)
    return [(part.get_filename(), part.get_content_type(), part.get_content()) for part in message.iter_attachments()]


def copies(rental):
    return list(ContractEvent.objects.filter(contract__rental=rental, kind=COPY_SENT))


def test_the_signed_contract_arrives_byte_for_byte(signed, smtp):
    server = smtp()
    deliver(email=mail_of("rental_signed"))
    stored = bytes(ContractDocument.objects.get(contract__rental=signed, kind="signed").content)
    assert stored.startswith(b"%PDF-")
    (message,) = server.taken
    assert files(message) == [(f"rental-{signed.pk}-contract.pdf", "application/pdf", stored)]
    assert "Your copy is attached" in message.get_body(("plain",)).get_content()
    assert "Your copy is attached" in message.get_body(("html",)).get_content()


def test_the_certificate_is_made_for_its_mail_and_is_the_one_of_the_endpoint(signed, smtp):
    server = smtp()
    pay(signed, times=3)
    assert not ContractDocument.objects.filter(kind="ownership").exists()
    deliver(email=mail_of("rental_completed"))
    assert files(server.taken[0]) == [
        (f"rental-{signed.pk}-ownership.pdf", "application/pdf", bytes(ownership_document(fresh(signed)).content))
    ]


def test_a_missing_attachment_parks_its_mail_and_the_rest_goes_on(signed, smtp, work):
    server = smtp()
    signed.contract.documents.filter(kind="signed").delete()
    EmailFactory(recipient="eve@example.com")
    call_command("send_emails")
    parked = mail_of("rental_signed")
    assert (parked.status, parked.attempts) == (Email.Status.FAILED, 1)
    assert f"rental-{signed.pk}-contract.pdf is not there" in parked.last_error
    assert not copies(signed)
    assert {message["To"] for message in server.taken} == {signed.user.email, "eve@example.com"}
    assert not [message for message in server.taken if message["Message-ID"] == parked.message_id]


def test_it_is_sent_once_the_attachment_is_there(signed, smtp):
    server = smtp()
    document = signed.contract.documents.get(kind="signed")
    document.delete()
    deliver(email=mail_of("rental_signed"))
    document.pk = None
    document.save()
    send_again(email=mail_of("rental_signed"), by=None)
    assert deliver(email=mail_of("rental_signed")) == Email.Status.SENT
    assert len(server.taken) == len(copies(signed)) == 1


@pytest.mark.parametrize("named", [SIGNED_CONTRACT.reference(404), {"kind": "spell", "id": 1, "name": "x.pdf"}])
def test_what_nobody_knows_is_missing(named):
    with pytest.raises(MissingAttachment, match=named["name"]):
        fetch(named)


def test_there_is_no_signed_copy_before_the_signature_and_no_certificate_before_the_end(signed):
    pending = make_rental()
    for source, rental in ((SIGNED_CONTRACT, pending), (OWNERSHIP, signed)):
        with pytest.raises(MissingAttachment):
            fetch(source.reference(rental.pk))


def test_the_chain_says_once_that_the_copy_was_sent(signed, smtp):
    smtp("refuse")
    email = mail_of("rental_signed")
    deliver(email=email)
    assert not copies(signed)
    Email.objects.update(next_attempt_at=email.created_at)
    assert deliver(email=email) == Email.Status.SENT
    (event,) = copies(signed)
    assert event.data["recipient"] == signed.user.email
    assert event.data["message_id"] == email.message_id
    assert not mail_of("rental_signed").follow_up_open
    call_command("send_emails")
    call_command("verify_contract", signed.contract.pk)
    assert len(copies(signed)) == 1


def test_another_mail_writes_nothing_into_the_chain(signed, smtp):
    deliver(email=mail_of("rental_contract"))
    assert not copies(signed)


@pytest.fixture
def broken(monkeypatch):
    """A chain that takes nothing, until it is called."""
    with monkeypatch.context() as patch:
        patch.setattr(rentals, "record_copy_sent", lambda **_: 1 / 0)
        yield patch.undo


def test_a_chain_that_takes_nothing_does_not_send_the_mail_again(signed, smtp, broken):
    server = smtp()
    assert deliver(email=mail_of("rental_signed")) == Email.Status.SENT
    call_command("send_emails")
    sent = [message for message in server.taken if message["Message-ID"] == mail_of("rental_signed").message_id]
    assert len(sent) == 1
    assert mail_of("rental_signed").status == Email.Status.SENT
    assert not copies(signed)
    broken()
    call_command("send_emails")
    call_command("send_emails")
    assert len(copies(signed)) == 1
    assert len([m for m in server.taken if m["Message-ID"] == mail_of("rental_signed").message_id]) == 1


def test_a_sender_whose_lease_is_over_writes_it_once(signed, smtp):
    smtp()
    slow = mail_of("rental_signed")
    deliver(email=mail_of("rental_signed"))
    slow.record_sent()
    follow_up(email=slow)
    assert len(copies(signed)) == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_senders_write_it_once(smtp):
    smtp()
    for _ in range(20):
        rental = make_rental()
        sign_contract(rental=rental, by=rental.user)
        email = Email.objects.get(kind="rental_signed", user=rental.user)
        race([lambda pk=email.pk: deliver(email=Email.objects.get(pk=pk))] * 2)
        email = Email.objects.get(pk=email.pk)
        Email.objects.filter(pk=email.pk).update(follow_up_open=True)
        email.refresh_from_db()
        results = race([lambda pk=email.pk: follow_up(email=Email.objects.get(pk=pk))] * 3)
        assert sorted(results) == [False, False, True]
        assert len(copies(rental)) == 1
        contract = Contract.objects.get(rental=rental)
        assert contract.chain_length == contract.events.count()
