"""What both servers do before their first request."""

import gc
from importlib import import_module

from django.conf import settings

from core.text.secrets import refuse_default_secrets


def get_ready() -> None:
    """Refuse the secrets of a demo, and load what the first request would. Raises ImproperlyConfigured.

    What is loaded stays for good. The garbage collector is spared it: a full collection would walk all of it, and
    let every thread of the process wait for a quarter of a second.
    """
    refuse_default_secrets()
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
