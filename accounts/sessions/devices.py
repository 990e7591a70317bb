"""The device of a sign-in, as far as the request shows it, and whether it is new to the account."""

import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from accounts.models import Session

# A part of the User-Agent header, and what people call it. The first that fits counts: browsers name their relatives.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
# Of another program only its name, and only letters: the header is what a stranger chooses to write.
PROGRAM = re.compile(r"[A-Za-z][A-Za-z-]{1,29}(?=/|\Z)")
# How much of an address stays the same while its owner stays with one network.
NETWORK_BITS = {4: 16, 6: 32}


@dataclass(frozen=True)
class Device:
    """A program and a system, without their versions, so that an update does not make a new device; "" if unknown."""

    program: str
    system: str


def device_of(user_agent: str) -> Device:
    """The device that a User-Agent header speaks of."""
    program = first_of(BROWSERS, user_agent)
    if not program and (named := PROGRAM.match(user_agent)) and named[0] != "Mozilla":
        program = named[0]
    return Device(program=program, system=first_of(SYSTEMS, user_agent))


def first_of(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    """What people call the first of these parts that the header has."""
    return next((name for part, name in names if part in user_agent), "")


def network_of(address: str | None) -> str:
    """The network around an IP address: the first 16 bits of IPv4, 32 of IPv6; "" for none."""
    if not address:
        return ""
    return str(ip_network((address, NETWORK_BITS[ip_address(address).version]), strict=False))


def is_new_device(session: Session) -> bool:
    """Whether no earlier session of the account had this device in this network; False for the very first one."""
    seen = list(session.user.sessions.exclude(pk=session.pk).values_list("user_agent", "ip_address").distinct())
    here = (device_of(session.user_agent), network_of(session.ip_address))
    known = {(device_of(agent), network_of(address)) for agent, address in seen}
    return bool(known) and here not in known
