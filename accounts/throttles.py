"""A rate limit that knows how e-mails are spelled."""

import hashlib
from typing import Any

from rest_framework.request import Request

from accounts.emails import spelled
from core.api.throttles import SettingThrottle


class LoginAccountThrottle(SettingThrottle):
    """Tries to sign in to one account, from wherever they come and however its e-mail is typed."""

    setting = "API_THROTTLE_LOGIN_ACCOUNT"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """A digest of the e-mail in the body; None when there is none."""
        email = request.data.get("email") if isinstance(request.data, dict) else None
        if not isinstance(email, str):
            return None
        return self.counter_key(hashlib.sha256(spelled(email).encode()).hexdigest())
