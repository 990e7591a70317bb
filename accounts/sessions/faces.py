"""The face of a request, as far as its sign-in differs; a session keeps its name."""

from datetime import timedelta

from django.http import HttpRequest

from core.api import faces


def face_of(request: HttpRequest) -> str:
    """The name of the face that the path belongs to."""
    return faces.face_of(request).name


def cookie_path(face: str) -> str:
    """Where browsers send the cookie of this face."""
    return faces.FACES[face].cookie_path


def origins_of(face: str) -> list[str]:
    """The sites whose pages may use the cookie of this face."""
    return list(faces.FACES[face].setting("cors_origins"))


def session_life(face: str) -> timedelta:
    """How long a sign-in at this face lasts."""
    life: timedelta = faces.FACES[face].setting("session_life")
    return life


def token_life(face: str) -> timedelta:
    """How long an access token of this face is good."""
    life: timedelta = faces.FACES[face].setting("token_life")
    return life
