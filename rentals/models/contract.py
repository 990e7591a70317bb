"""The contract: its text, its documents, and the chain of what happened to it."""

from django.db import models

from rentals.models.rental import Rental


class Contract(models.Model):
    """Written once and frozen. `terms` are the figures that the text was written from."""

    rental = models.OneToOneField(Rental, on_delete=models.PROTECT, related_name="contract")
    template_version = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    jurisdiction = models.CharField(max_length=20)
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64)
    terms = models.JSONField()
    created_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signer_name = models.CharField(max_length=200, blank=True)
    signature_ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=500, blank=True)
    consent_version = models.CharField(max_length=20, blank=True)
    chain_length = models.PositiveIntegerField(default=0)
    chain_head = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Contract #{self.pk}"

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None


class ContractEvent(models.Model):
    """A link of the chain: each hashes the one before, so that none can be changed, moved or left out."""

    class Kind(models.TextChoices):
        WRITTEN = "written", "Written"
        SHOWN = "shown", "Shown to the customer"
        SIGNED = "signed", "Signed"
        COPY_SENT = "copy_sent", "Signed copy sent"
        OWNED = "owned", "Certificate of ownership written"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["contract", "number"], name="contract_event_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.number})"


class ContractDocument(models.Model):
    """A document as it was handed out, byte for byte."""

    class Kind(models.TextChoices):
        CONTRACT = "contract", "Contract"
        SIGNED = "signed", "Signed contract"
        OWNERSHIP = "ownership", "Certificate of ownership"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["contract", "kind"], name="contract_document_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.contract_id}"
