"""Objects with a status: one verb changes it, and each change leaves a row."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction

from core.errors import DomainError
from core.signals import status_changed

Transitions = dict[str, frozenset[str]]


class WrongStatus(DomainError):
    """The object's status does not allow this step."""

    code = "wrong_status"


class StatusChange(models.Model):
    """A row of history: what became of the subject, when, by whom, and why.

    A concrete class adds the foreign key `subject`, with related_name="status_history".
    """

    status = models.CharField(max_length=20)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.status} by {self.created_by}"

    @property
    def created_by(self) -> str:
        """`User 1`, `Admin 1` (any staff) or `System`, as the contract spells it."""
        if self.actor is None:
            return "System"
        return f"{'Admin' if self.actor.is_staff else 'User'} {self.actor.pk}"


class Stateful(models.Model):
    """A model with a `status` that only `move_to` changes.

    `TRANSITIONS` names every status and the ones that may follow it. `LABEL` is the noun in refusals.
    """

    TRANSITIONS: ClassVar[Transitions]
    LABEL: ClassVar[str]
    status_history: Any

    status = models.CharField(max_length=20, editable=False)

    class Meta:
        abstract = True

    def lock(self) -> Self:
        """Lock this object's row until the transaction ends and read it anew."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update())
        return self

    def can_move_to(self, status: str) -> bool:
        """Whether the present status allows `status` next."""
        return status in self.TRANSITIONS[self.status]

    def begin(self, *, by: Any = None, note: str = "") -> None:
        """Write the first history row of an object that was just created, and tell of it."""
        self._record(old=None, by=by, note=note)

    def move_to(self, status: str, *, by: Any = None, note: str = "") -> bool:
        """Change the status; False when it is there already, and then nothing happens.

        Locks the row, checks TRANSITIONS, saves, writes the history and sends `status_changed`, all in one
        transaction. `by` is the user who does it, None for the system. Raises WrongStatus.
        """
        with transaction.atomic():
            self.lock()
            if self.status == status:
                return False
            if not self.can_move_to(status):
                raise WrongStatus(f"{self.LABEL} cannot be {status}: it is {self.status}.")
            old, self.status = self.status, status
            self.save(update_fields=["status", *self.touched_fields()])
            self._record(old=old, by=by, note=note)
            return True

    def touched_fields(self) -> list[str]:
        """Further fields that a change of status writes: an `auto_now` one, or what is set here for it."""
        return [f.name for f in self._meta.fields if getattr(f, "auto_now", False)]

    def _record(self, *, old: str | None, by: Any, note: str) -> None:
        change = self.status_history.create(status=self.status, notes=note, actor=by)
        status_changed.send(sender=type(self), subject=self, change=change, old=old, new=self.status, by=by)
