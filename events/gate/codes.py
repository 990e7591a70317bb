"""The code of a ticket: 128 characters that anybody with our public keys can verify, without asking us.

The format is documented byte by byte in docs/events.md, for scanners that work offline. TICKET_SIGNING_KEYS are
seeds of Ed25519 (RFC 8032): the first one signs, each of them verifies.
"""

from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error as MalformedBase64
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from struct import Struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from events.models import Ticket

MAGIC = b"T1"
# Magic, key id, ticket, event, ticket type, generation: big-endian, 32 bytes. The signature of 64 bytes follows, so
# that the Base64 of both has no padding and no unused bits: one code has one spelling.
CLAIMS = Struct(">2s4sQQQH")
LENGTH = 128
MALFORMED = "TICKET_SIGNING_KEYS must be seeds of Ed25519 (32 bytes in URL-safe Base64), separated by commas."


@dataclass(frozen=True, slots=True)
class Claims:
    """What a code says, once its signature was found good."""

    ticket_id: int
    event_id: int
    ticket_type_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair; `id` is the start of the SHA-256 of its public key, `raw` that key's 32 bytes."""

    id: bytes
    private: Ed25519PrivateKey
    public: Ed25519PublicKey
    raw: bytes
    algorithm: str = "Ed25519"

    @property
    def name(self) -> str:
        """Its id, in hexadecimal."""
        return self.id.hex()

    @property
    def public_key(self) -> str:
        """The public key in Base64."""
        return b64encode(self.raw).decode()


def signing_keys() -> dict[bytes, SigningKey]:
    """The keys by their ids, the one that signs first. Raises ImproperlyConfigured without any or for a bad one."""
    return keys_of(tuple(settings.TICKET_SIGNING_KEYS))


@cache
def keys_of(seeds: tuple[str, ...]) -> dict[bytes, SigningKey]:
    """The same, made once. Raises ImproperlyConfigured."""
    if not seeds:
        raise ImproperlyConfigured("TICKET_SIGNING_KEYS must be set.")
    keys = [key_of(seed) for seed in seeds]
    return {key.id: key for key in keys}


def key_of(seed: str) -> SigningKey:
    """The key pair of a seed. Raises ImproperlyConfigured."""
    try:
        private = Ed25519PrivateKey.from_private_bytes(b64decode(seed, b"-_", validate=True))
    except ValueError as error:
        raise ImproperlyConfigured(MALFORMED) from error
    public = private.public_key()
    raw = public.public_bytes_raw()
    return SigningKey(id=sha256(raw).digest()[:4], private=private, public=public, raw=raw)


def complaints() -> list[str]:
    """What is wrong with the keys where real secrets are in use."""
    if settings.DEFAULT_TICKET_SIGNING_KEY in settings.TICKET_SIGNING_KEYS:
        return ["TICKET_SIGNING_KEYS must be set without the key of the demo."]
    try:
        signing_keys()
    except ImproperlyConfigured as error:
        return [str(error)]
    return []


def sign(ticket: Ticket) -> str:
    """The code of the ticket as it is now: the same for the same ticket, generation and key."""
    key = next(iter(signing_keys().values()))
    claims = CLAIMS.pack(MAGIC, key.id, ticket.pk, ticket.event_id, ticket.ticket_type_id, ticket.generation)
    return urlsafe_b64encode(claims + key.private.sign(claims)).decode()


def verify(text: str) -> Claims | None:
    """What a code of ours says; None for any other text. Its length is measured before it is read."""
    if len(text) != LENGTH:
        return None
    try:
        raw = b64decode(text.encode("ascii"), b"-_", validate=True)
        magic, key_id, *claims = CLAIMS.unpack(raw[: CLAIMS.size])
        signing_keys()[key_id].public.verify(raw[CLAIMS.size :], raw[: CLAIMS.size])
    except (UnicodeEncodeError, MalformedBase64, KeyError, InvalidSignature):
        return None
    # Python reads "+" and "/" as well, and takes them for "-" and "_".
    is_ours = magic == MAGIC and urlsafe_b64encode(raw).decode() == text
    return Claims(*claims) if is_ours else None


def digest(code: str) -> str:
    """By what a code is found and kept unique: MySQL's collations hold upper and lower case for equal."""
    return sha256(code.encode()).hexdigest()
