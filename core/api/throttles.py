"""Rate limits. The rates are settings, read at each request; counts are shared when Redis is configured."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core.api.faces import Face, face_of
from core.web.clients import address_of


class SettingThrottle(SimpleRateThrottle):
    """A limit whose rate stands in the setting `setting`, e.g. "30/min"; an empty one switches it off."""

    setting = ""

    def get_rate(self) -> str | None:
        """The rate that is in force now."""
        return getattr(settings, self.setting) or None

    def counter_key(self, who: object) -> str:
        """The cache key under which this limit counts `who`."""
        return f"throttle:{self.setting}:{who}"


class FaceThrottle(SettingThrottle):
    """A limit whose setting the face names, so that each face counts for itself; a subclass may name its own."""

    def get_rate(self) -> str | None:
        """Not known before the request is."""
        return super().get_rate() if self.setting else None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether the request is within the limit of the face that is asked."""
        self.setting = self.setting or self.setting_of(face_of(request))
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def setting_of(self, face: Face) -> str:
        """The name of this limit's setting."""
        raise NotImplementedError


class UserThrottle(FaceThrottle):
    """Per signed-in user."""

    def setting_of(self, face: Face) -> str:
        return face.throttle_user

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """The user's id; None, not limited here, for a stranger."""
        return self.counter_key(request.user.pk) if request.user and request.user.is_authenticated else None


class AddressThrottle(SettingThrottle):
    """Per client address, whoever is signed in."""

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """The client's address."""
        return self.counter_key(address_of(request._request))


class AnonymousThrottle(FaceThrottle, AddressThrottle):
    """Per address of strangers."""

    def setting_of(self, face: Face) -> str:
        return face.throttle_anonymous

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """The address; None for a signed-in user, who has a limit of their own."""
        known = request.user and request.user.is_authenticated
        return None if known else super().get_cache_key(request, view)


class LoginThrottle(AddressThrottle):
    """Tries to sign in, per address."""

    setting = "API_THROTTLE_LOGIN"


class RegisterThrottle(AddressThrottle):
    """New accounts, per address."""

    setting = "API_THROTTLE_REGISTER"


class ResetThrottle(AddressThrottle):
    """Letters asked for (password reset, verification), per address."""

    setting = "API_THROTTLE_RESET"
