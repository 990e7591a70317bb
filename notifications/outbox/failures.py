"""What a failed sending means: about the address, about this mail, or about the mail server."""

import re
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPRecipientsRefused

from anymail.exceptions import AnymailRecipientsRefused

from notifications.models import Email
from notifications.outbox.attachments import MissingAttachment

# Enhanced status codes (RFC 3463, RFC 7505) for an address that does not exist: bad mailbox, bad domain, bad
# syntax, moved, takes no mail at all; mailbox disabled. Others of class 5 are about a full mailbox, a size, a policy.
BAD_ADDRESS = re.compile(r"5\.(1\.(0|1|2|3|6|10)|2\.1)")
ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True)
class Verdict:
    """`final` is the status that the mail gets at once, or empty: then it is tried again."""

    final: str = ""
    stops_address: bool = False


TRY_AGAIN = Verdict()
GIVE_UP = Verdict(final=Email.Status.FAILED)
HARD_BOUNCE = Verdict(final=Email.Status.BOUNCED, stops_address=True)


def judge(error: Exception) -> Verdict:
    """What to do about a mail whose sending raised `error`.

    Whatever is not known to be about the recipient or the mail is tried again: a server that is down, one that
    refuses every mail (password, greeting, sender), a provider's API. A configuration error so ends as a parked mail
    and does not stop an address.
    """
    if isinstance(error, MissingAttachment):
        return GIVE_UP
    if isinstance(error, SMTPRecipientsRefused):
        return judge_recipient(*next(iter(error.recipients.values())))
    if isinstance(error, SMTPDataError) and error.smtp_code >= 500:
        return HARD_BOUNCE if names_bad_address(answer(error.smtp_error)) else GIVE_UP
    if isinstance(error, AnymailRecipientsRefused):
        return judge_provider(error)
    return TRY_AGAIN


def judge_recipient(code: int, reply: bytes | str) -> Verdict:
    """The server's answer to RCPT TO. Class 5 is about the address, unless its enhanced code says otherwise."""
    text = answer(reply)
    if code < 500 or (ENHANCED.search(text) and not names_bad_address(text)):
        return TRY_AGAIN
    return HARD_BOUNCE


def judge_provider(error: AnymailRecipientsRefused) -> Verdict:
    """The answer of a provider that refused the only recipient: no address, or one that it has stopped itself."""
    status = getattr(getattr(error.email_message, "anymail_status", None), "status", None) or set()
    return HARD_BOUNCE if "invalid" in status else GIVE_UP


def names_bad_address(text: str) -> bool:
    """Whether the answer's enhanced status code means that the address does not exist."""
    found = ENHANCED.search(text)
    return bool(found and BAD_ADDRESS.fullmatch(found[0]))


def answer(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply
