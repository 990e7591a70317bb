"""A contract's life: written, shown, signed, a copy sent, owned. Each step is a link of its chain.

All of it is rows, so a caller's rollback undoes it. Lock order: the rental, then its contract.
"""

from datetime import datetime

from django.utils import timezone

from core.db import transactional
from core.errors import DomainError
from core.money import ZERO
from core.text import one_line
from core.text.canonical import canonical_json, sha256
from rentals.contracts.documents import OwnershipFacts, contract_pdf, ownership_pdf, signed_pdf
from rentals.contracts.drafting import draft
from rentals.contracts.records import append_event, entries_of, lock, signature_facts, store_document
from rentals.contracts.text import render_text
from rentals.errors import DocumentNotFound
from rentals.models import Contract, ContractDocument, ContractEvent, Installment, Rental, RentalStatusChange
from rentals.rules.disclosure import Disclosure
from rentals.rules.packs import RulePack

Kind = ContractEvent.Kind
Document = ContractDocument.Kind
LONGEST_NAME, LONGEST_AGENT = 200, 500


class AlreadySigned(DomainError):
    code = "already_signed"
    message = "The contract is already signed."


class NotShown(DomainError):
    """A contract is signed only after it was shown."""

    code = "not_shown"
    message = "The contract must be read before it is signed: get it first."


class OtherConsent(DomainError):
    """The customer agreed to other words about electronic records than those in the contract."""

    code = "other_consent"


class NoSigner(DomainError):
    code = "invalid"
    message = "name: a name with visible letters is required."


@transactional
def write_contract(*, rental: Rental, disclosure: Disclosure, pack: RulePack) -> Contract:
    """Write the contract of a new rental: its text, frozen terms and PDF. The schedule's rows are the caller's.

    Raises MissingVariable or TemplateDoesNotExist for a rule that the templates have no words for.
    """
    now = timezone.now()
    terms = draft(rental=rental, disclosure=disclosure, pack=pack, at=now)
    text = render_text(terms)
    pdf = contract_pdf(text=text, number=terms["number"], terms=terms)
    contract = Contract.objects.create(
        rental=rental,
        template_version=terms["template"]["version"],
        language=terms["template"]["language"],
        jurisdiction=terms["template"]["jurisdiction"],
        text=text,
        text_sha256=sha256(text),
        pdf_sha256=sha256(pdf),
        terms=terms,
        created_at=now,
    )
    hashes = {
        "text_sha256": contract.text_sha256,
        "terms_sha256": sha256(canonical_json(terms)),
        "rules_sha256": sha256(canonical_json(rental.pack)),
        "pdf_sha256": contract.pdf_sha256,
    }
    store_document(contract=contract, kind=Document.CONTRACT, content=pdf, at=now)
    append_event(contract=contract, kind=Kind.WRITTEN, data=hashes, at=now)
    return contract


@transactional
def record_shown(*, contract: Contract, ip: str, user_agent: str) -> None:
    """Write down that the customer was shown the contract, the first time; afterwards it costs no query."""
    # Nothing can follow the writing but this.
    if contract.chain_length > 1 or lock(contract).chain_length > 1:
        return
    data = {"ip": ip, "user_agent": agent(user_agent), "text_sha256": contract.text_sha256}
    append_event(contract=contract, kind=Kind.SHOWN, data=data)


@transactional
def sign(*, contract: Contract, signer_name: str, ip: str, user_agent: str, consent_version: str = "") -> Contract:
    """Sign: the signed PDF, the signature's facts and the event. Without a consent version, the contract's own.

    The caller holds the rental's lock and changes its status. Raises AlreadySigned, NotShown, OtherConsent, NoSigner.
    """
    lock(contract)
    check_signable(contract, consent_version)
    contract.signed_at = timezone.now()
    contract.signer_name = one_line(signer_name)[:LONGEST_NAME].strip()
    contract.signature_ip, contract.user_agent = ip or None, agent(user_agent)
    contract.consent_version = contract.terms["consent_version"]
    if not contract.signer_name:
        raise NoSigner
    contract.save(update_fields=["signed_at", "signer_name", "signature_ip", "user_agent", "consent_version"])
    # Read back, because the database has its own spelling of addresses, and the chain holds what is stored.
    contract.refresh_from_db()
    seal(contract, at=contract.signed_at)
    return contract


def check_signable(contract: Contract, consent_version: str) -> None:
    if contract.is_signed:
        raise AlreadySigned
    if contract.chain_length < 2:
        raise NotShown
    agreed = contract.terms["consent_version"]
    if consent_version not in ("", agreed):
        raise OtherConsent(f"consent_version: the contract carries the consent of version {agreed}.")


def seal(contract: Contract, *, at: datetime) -> None:
    facts = signature_facts(contract, entries_of(contract))
    number = contract.terms["number"]
    pdf = signed_pdf(text=contract.text, number=number, terms=contract.terms, signature=facts)
    document = store_document(contract=contract, kind=Document.SIGNED, content=pdf, at=at)
    data = {
        "signer_name": contract.signer_name,
        "ip": contract.signature_ip,
        "user_agent": contract.user_agent,
        "consent_version": contract.consent_version,
        "text_sha256": contract.text_sha256,
        "pdf_sha256": contract.pdf_sha256,
        "signed_pdf_sha256": document.sha256,
    }
    append_event(contract=contract, kind=Kind.SIGNED, data=data, at=at)


@transactional
def record_copy_sent(*, contract: Contract, recipient: str, message_id: str) -> None:
    """Write down, once, that the signed copy went to `recipient`; `message_id` is what the mail is known by.

    Raises ValueError while there is no signed copy.
    """
    lock(contract)
    if contract.events.filter(kind=Kind.COPY_SENT).exists():
        return
    if not contract.is_signed:
        raise ValueError(f"{contract} is not signed, so no copy of it was sent.")
    data = {
        "recipient": recipient,
        "message_id": message_id,
        "signed_pdf_sha256": contract.documents.get(kind=Document.SIGNED).sha256,
    }
    append_event(contract=contract, kind=Kind.COPY_SENT, data=data)


@transactional
def store_ownership(*, contract: Contract, facts: OwnershipFacts) -> ContractDocument:
    """Write the certificate of ownership, once; a later call with other facts gets the same document."""
    lock(contract)
    if written := contract.documents.filter(kind=Document.OWNERSHIP).first():
        return written
    now = timezone.now()
    pdf = ownership_pdf(text=contract.text, number=contract.terms["number"], terms=contract.terms, facts=facts)
    document = store_document(contract=contract, kind=Document.OWNERSHIP, content=pdf, at=now)
    append_event(
        contract=contract,
        kind=Kind.OWNED,
        data={
            "on": facts.on.isoformat(),
            "serial": facts.serial,
            "paid": str(facts.paid),
            "early": facts.early,
            "ownership_pdf_sha256": document.sha256,
        },
        at=now,
    )
    return document


def contract_document(contract: Contract) -> ContractDocument:
    """The contract's PDF: once signed, the signed copy. Raises DocumentNotFound."""
    return find_document(contract, Document.SIGNED if contract.is_signed else Document.CONTRACT)


def find_document(contract: Contract, kind: str) -> ContractDocument:
    document = contract.documents.filter(kind=kind).first()
    if document is None:
        raise DocumentNotFound
    return document


def ownership_document(rental: Rental) -> ContractDocument:
    """The certificate of ownership of a completed rental, written when it is first asked for.

    Raises DocumentNotFound for any other rental.
    """
    if rental.status != Rental.Status.COMPLETED:
        raise DocumentNotFound
    document = rental.contract.documents.filter(kind=Document.OWNERSHIP).first()
    return document or store_ownership(contract=rental.contract, facts=facts_of_ownership(rental))


def facts_of_ownership(rental: Rental) -> OwnershipFacts:
    """How a completed rental ended: the day, and all that was counted for the product, late fees left out."""
    completed = RentalStatusChange.objects.filter(subject=rental, status=Rental.Status.COMPLETED).latest("pk")
    counted = rental.rental_payments.filter(counted_at__isnull=False).select_related("payment")
    return OwnershipFacts(
        on=completed.created_at.date(),
        serial=rental.device.serial if rental.device else "",
        # Added here and not by SQLite, which adds amounts as floats.
        paid=sum((link.payment.amount - link.fee_total for link in counted), ZERO),
        early=rental.installments.filter(state=Installment.State.CLOSED).exists(),
    )


def agent(user_agent: str) -> str:
    return one_line(user_agent)[:LONGEST_AGENT].strip()
