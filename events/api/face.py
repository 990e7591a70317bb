"""The face of the box office (PlatNG)."""

from core.api.envelope import ENVELOPED
from core.api.faces import Face
from core.api.pagination import Paging

EVENTS = Face(
    name="events",
    mounts=("/events/api/v1", "/events/client/api/v1"),
    prefixes=("/events",),
    form=ENVELOPED,
    paging=Paging(size=20, most=100, size_names=("limit",), skips=True),
    cookie_path="/events",
    site="EVENTS_FRONTEND_URL",
    cors_origins="EVENTS_CORS_ORIGINS",
    throttle_user="EVENTS_THROTTLE_USER",
    throttle_anonymous="EVENTS_THROTTLE_ANON",
    max_body="EVENTS_MAX_BODY",
    info=(
        ("title", "GigGatek box office API"),
        ("description", "Events, tickets, gates and what organisers get."),
    ),
)
