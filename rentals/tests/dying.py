"""The steps of a charge at which a worker can die, and two ways to die there.

`python -m rentals.tests.dying STEP TRY` is a worker that is killed at that step, by the kernel and not by an
exception; the database is the one that DYING_DATABASE names.
"""

import os
import signal
import sys
from contextlib import contextmanager
from unittest import mock

# What is replaced, and whether death comes before it or after it, at each step of a charge.
STEPS = {
    "claimed": ("rentals.autopay.charging.charge", "before"),
    "permitted, the payment written": ("rentals.autopay.attempts.charge_saved_card", "before"),
    "about to make the intent": ("payments.gateways.sandbox.client.SandboxGateway.create_intent", "before"),
    "intent made, not recorded": ("payments.gateways.sandbox.client.SandboxGateway.create_intent", "after"),
    "intent recorded": ("payments.gateways.sandbox.client.SandboxGateway.retrieve_intent", "before"),
    "about to charge": ("payments.gateways.sandbox.vault.SandboxVault.charge", "before"),
    "charged, not recorded": ("payments.gateways.sandbox.vault.SandboxVault.charge", "after"),
    "while it is counted": ("rentals.money.settling.mark_paid", "after"),
    "counted, the try not concluded": ("rentals.autopay.attempts.conclude", "before"),
    "while it is concluded": ("rentals.autopay.attempts.finish", "after"),
}
CHARGED = list(STEPS)[list(STEPS).index("charged, not recorded") :]
COUNTED = CHARGED[2:]


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def die():
    """In a test: leave by an exception that no code handles."""
    raise Killed


def kill_myself():
    """In a process: be gone at once, without a last word to the database or to anybody."""
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def dying_at(step, death=die):
    """Whoever comes to that step dies there."""
    name, when = STEPS[step]
    owner, _, attribute = name.rpartition(".")
    from pkgutil import resolve_name

    real = getattr(resolve_name(owner), attribute)

    def last(*args, **kwargs):
        if when == "after":
            real(*args, **kwargs)
        death()

    with mock.patch(name, last):
        yield


def main(step, attempt_id):
    """A worker's turn at a try, up to that step; 0 when it got past it."""
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = os.environ["DYING_DATABASE"]
    from rentals.autopay.charging import charge_task

    with dying_at(step, kill_myself):
        charge_task.func([int(attempt_id)])


if __name__ == "__main__":
    main(*sys.argv[1:])
