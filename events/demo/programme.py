"""What is on in the demo: thirty-two events in nine cities."""

from typing import Any, NamedTuple

from events.models import Event

FREE, ONLINE = 0, Event.Type.ONLINE


class Place(NamedTuple):
    """A venue of the demo."""

    name: str
    address: str
    city: str
    state: str
    capacity: int
    latitude: float
    longitude: float


class Show(NamedTuple):
    """An event: the hour and days from today at which it begins, and a ticket type for each (name, price, quantity).

    `shared` is the size of one quota that they share.
    """

    title: str
    category: int
    place: str
    days: int
    hour: int
    types: tuple[tuple[str, int, int], ...]
    kind: str = Event.Type.LIVE
    featured: bool = False
    shared: int | None = None
    policy: dict[str, int] | None = None


PLACES = {
    "lagos": Place("Marina Hall", "1 Marina", "Lagos", "Lagos", 1200, 6.4541, 3.3947),
    "ikeja": Place("Ikeja Garden", "12 Allen Avenue", "Lagos", "Lagos", 600, 6.6018, 3.3515),
    "abuja": Place("Unity Centre", "4 Herbert Macaulay Way", "Abuja", "FCT", 2000, 9.0579, 7.4951),
    "ibadan": Place("Bodija Arena", "8 Awolowo Avenue", "Ibadan", "Oyo", 900, 7.4343, 3.9105),
    "kano": Place("Sahel Hall", "3 Murtala Road", "Kano", "Kano", 700, 12.0022, 8.5920),
    "enugu": Place("Coal City Club", "22 Ogui Road", "Enugu", "Enugu", 500, 6.4584, 7.5464),
    "jos": Place("Plateau Theatre", "5 Beach Road", "Jos", "Plateau", 400, 9.8965, 8.8583),
    "port": Place("Garden City Pavilion", "17 Aba Road", "Port Harcourt", "Rivers", 1500, 4.8156, 7.0498),
    "benin": Place("Bronze House", "9 Airport Road", "Benin City", "Edo", 450, 6.3350, 5.6037),
    "calabar": Place("Riverside Stage", "2 Marina Road", "Calabar", "Cross River", 800, 4.9757, 8.3417),
}
HALF_UNTIL_TWO_DAYS = {"until_hours": 48, "percent": 50}
ALL_UNTIL_A_DAY = {"until_hours": 24, "percent": 100}


def one(price: int, quantity: int = 200) -> tuple[tuple[str, int, int], ...]:
    return (("Regular", price, quantity),)


def two(regular: int, vip: int) -> tuple[tuple[str, int, int], ...]:
    return ("Regular", regular, 300), ("VIP", vip, 50)


SOLD_OUT = "Poetry at Dusk"
SHOWS = (
    Show("Jazz by the Lagoon", 1, "lagos", 9, 19, two(5000, 20000), featured=True, policy=HALF_UNTIL_TWO_DAYS),
    Show("Highlife Revival", 1, "ibadan", 16, 20, one(7500), policy=ALL_UNTIL_A_DAY),
    Show("Afrobeat Sunday", 1, "port", 23, 17, two(10000, 35000), featured=True),
    Show("Choir of the Plateau", 1, "jos", 30, 16, one(FREE, 150)),
    Show("Midnight Sessions", 1, "ikeja", 37, 23, one(12000, 120)),
    Show("Capital City Marathon", 2, "abuja", 44, 6, (("5 km", 2000, 800), ("21 km", 5000, 400)), shared=1000),
    Show("Five-a-Side Cup", 2, "kano", 12, 15, one(1500)),
    Show("Beach Volleyball Open", 2, "calabar", 19, 10, one(FREE, 300)),
    Show("Bronze and Clay", 3, "benin", 8, 11, one(2500, 80)),
    Show("Street Photography Walk", 3, "lagos", 15, 8, one(FREE, 25)),
    Show("New Theatre: The Ferry", 3, "jos", 22, 19, two(4000, 9000), policy=ALL_UNTIL_A_DAY),
    Show(SOLD_OUT, 3, "enugu", 11, 18, one(FREE, 4)),
    Show("Suya Night Market", 4, "kano", 10, 18, one(1000, 500), featured=True),
    Show("Jollof Cook-Off", 4, "lagos", 26, 13, two(6000, 15000)),
    Show("Palm Wine Tasting", 4, "enugu", 33, 17, one(8000, 60)),
    Show("Exporters' Breakfast", 5, "lagos", 14, 8, one(15000, 90), policy=HALF_UNTIL_TWO_DAYS),
    Show("Women in Trade Forum", 5, "abuja", 21, 9, two(10000, 40000)),
    Show("Pitch Evening", 5, "ibadan", 28, 18, one(FREE, 200)),
    Show("Lagos Tech Summit", 6, "lagos", 40, 9, (("Day", 20000, 900), ("Workshop", 45000, 150)), featured=True,
         shared=1000, policy=ALL_UNTIL_A_DAY),
    Show("Python for Beginners", 6, "ikeja", 7, 16, one(FREE, 500), kind=ONLINE),
    Show("Cloud Costs Explained", 6, "abuja", 13, 17, one(3000, 400), kind=ONLINE),
    Show("Hardware Repair Clinic", 6, "port", 20, 10, one(2000, 40), kind=Event.Type.HYBRID),
    Show("Study Abroad Fair", 7, "abuja", 18, 10, one(FREE, 1000)),
    Show("Writing for Children", 7, "benin", 25, 14, one(4500, 30)),
    Show("Mathematics Olympiad", 7, "ibadan", 32, 9, one(1000, 350)),
    Show("Yoga at Sunrise", 8, "calabar", 6, 6, one(1500, 50)),
    Show("First Aid Day", 8, "enugu", 17, 10, one(FREE, 120)),
    Show("Tree Planting Saturday", 9, "jos", 24, 8, one(FREE, 250)),
    Show("Neighbours' Table", 9, "port", 31, 15, one(2500, 100)),
    Show("Comedy Without Borders", 10, "lagos", 27, 20, two(8000, 25000), featured=True),
    Show("Open Air Cinema", 10, "calabar", 34, 20, one(3500, 300)),
    Show("Board Games Marathon", 10, "benin", 41, 12, one(2000, 64)),
)  # fmt: skip
ABOUT = {
    Event.Type.LIVE: "Doors open an hour before. Bring the ticket on your phone or on paper.",
    Event.Type.ONLINE: "The link to join is in the mail with your ticket.",
    Event.Type.HYBRID: "Come by, or join from home.",
}


def fields_of(show: Show, venue_id: int) -> dict[str, Any]:
    """The plain fields of its event."""
    return {
        "title": show.title,
        "description": f"{show.title}. {ABOUT[show.kind]}",  # type: ignore[index]  # a word is its choice
        "category_id": show.category,
        "venue_id": venue_id,
        "event_type": show.kind,
        "refund_policy": show.policy,
        "tickets": [type_of(show, *kind) for kind in show.types],
    }


def type_of(show: Show, name: str, price: int, quantity: int) -> dict[str, Any]:
    quota = {"name": "Places", "size": show.shared} if show.shared else None
    return {"name": name, "price": price, "quantity": quantity, "quota": quota}
