"""Every setting, read from the environment; closed by default.

`.env` in the project's folder is read first, real environment variables win over it. `.env.example` names
them all. Without real secrets a server starts only as a demo (DEMO=true), in DEBUG, or under the tests;
`core.text.secrets` sees to it.
"""

# ruff: noqa: F403  Django reads one module, and each theme has its own.
from giggatek.settings.accounts import *
from giggatek.settings.api import *
from giggatek.settings.apps import *
from giggatek.settings.base import *
from giggatek.settings.events import *
from giggatek.settings.logging import *
from giggatek.settings.mail import *
from giggatek.settings.shop import *
from giggatek.settings.storesync import *
