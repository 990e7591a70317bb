"""The APIs that are served here, each a face: data about its addresses, its form, its limits, who may call it.

Views and rules do not know which face asks. Middleware, errors, throttles and document find it by the path.
"""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from core.api.forms import PLAIN, Form
from core.api.pagination import Paging


@dataclass(frozen=True)
class Face:
    """One API. What an operator may change is named here by its setting, and read at each request."""

    name: str
    # All routes answer under each mount; the first one is in the document. Neither ends with a slash.
    mounts: tuple[str, ...]
    # Further paths whose answers have this face's form.
    prefixes: tuple[str, ...] = ()
    form: Form = PLAIN
    paging: Paging = field(default_factory=Paging)
    # Where browsers send the cookie of a sign-in; empty where there is none.
    cookie_path: str = "/api"
    # Of its web client, to whose pages the links in mails lead.
    site: str = "SITE_URL"
    cors_origins: str = "CORS_ALLOWED_ORIGINS"
    throttle_user: str = "API_THROTTLE_USER"
    throttle_anonymous: str = "API_THROTTLE_ANON"
    max_body: str = "API_MAX_BODY"
    # Paths below the mount that take larger bodies, by how they begin, with the setting of their limit.
    larger_bodies: tuple[tuple[str, str], ...] = ()
    token_life: str = "ACCESS_TOKEN_LIFETIME"
    session_life: str = "SESSION_LIFETIME"
    # What the document says about itself where it is not the default (title, description, version).
    info: tuple[tuple[str, str], ...] = ()

    def match(self, path: str) -> int:
        """How much of the path this face knows as its own, in characters; 0 for another's path."""
        known = (prefix for prefix in (*self.mounts, *self.prefixes) if f"{path}/".startswith(f"{prefix}/"))
        return max(map(len, known), default=0)

    def canonical(self, path: str) -> str:
        """The path under the first mount, which stands for all."""
        mount = max((one for one in self.mounts if path.startswith(f"{one}/")), key=len, default=self.mounts[0])
        return self.mounts[0] + path.removeprefix(mount) if path.startswith(f"{mount}/") else path

    def local(self, path: str) -> str:
        """The path below the mount, without a slash before it."""
        return self.canonical(path).removeprefix(self.mounts[0]).lstrip("/")

    def setting(self, name: str) -> Any:
        """The value in force of one of the settings that this face names: `face.setting("max_body")`."""
        return getattr(settings, getattr(self, name))

    def most_of_body(self, path: str) -> int:
        """How many bytes a body may have that is sent to this path."""
        larger = (setting for begin, setting in self.larger_bodies if self.local(path).startswith(begin))
        return int(getattr(settings, next(larger, self.max_body)))


SHOP = Face(name="shop", mounts=("/api", "/api/v1"), prefixes=("/payment",))
FACES: dict[str, Face] = {SHOP.name: SHOP}


def register(face: Face) -> None:
    """Serve this face, too; for `AppConfig.ready`."""
    FACES[face.name] = face


def face_at(path: str) -> Face | None:
    """The face that knows most of this path; None where no API is."""
    length, face = max(((face.match(path), face) for face in FACES.values()), key=lambda found: found[0])
    return face if length else None


def face_of(request: HttpRequest | Request) -> Face:
    """The face that is asked; the shop's for calls outside of any."""
    return face_at(request.path_info) or SHOP
