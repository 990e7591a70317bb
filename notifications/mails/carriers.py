"""Where a parcel can be followed, by carrier."""

from urllib.parse import quote

# The first word of a carrier's name, in small letters, and the page that shows a parcel by its number.
PAGES = {
    "ups": "https://www.ups.com/track?tracknum={}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "dhl": "https://www.dhl.com/en/express/tracking.html?AWB={}",
}


def tracking_url(*, carrier: str, number: str) -> str:
    """The page that shows where the parcel is; "" when the carrier is not known here or there is no number.

    A carrier is known by the first word of its name: `UPS Ground`, `FedEx`, `DHL Express`.
    """
    name = carrier.strip().lower().split(" ")[0]
    page = PAGES.get(name)
    return page.format(quote("".join(number.split()), safe="")) if page and number.strip() else ""
