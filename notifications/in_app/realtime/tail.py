"""The end of the table of notices, read again and again: what was committed since the last look."""

from datetime import datetime, timedelta

from django.utils import timezone

from notifications.models import Notice

# Ids are given before the commit: a row may appear below one that was seen already. No transaction takes so long.
OVERLAP = timedelta(minutes=2)


class NoticeTail:
    """Finds each new notice of a face once. What is there when it is made is not new."""

    def __init__(self, face: str) -> None:
        self.face = face
        # From the end of the table, which knows no index by time.
        settled = Notice.objects.filter(created_at__lt=timezone.now() - OVERLAP).order_by("-pk")
        self.floor: int = settled.values_list("pk", flat=True).first() or 0
        self.seen: dict[int, datetime] = {}
        self.look()

    def look(self) -> list[tuple[int, int]]:
        """The notices that were committed since the last look, as (id, user's id), the oldest first; one query."""
        found = Notice.objects.filter(face=self.face, pk__gt=self.floor).order_by("pk")
        rows = found.values_list("pk", "user_id", "created_at")
        fresh = [row for row in rows if row[0] not in self.seen]
        self.seen.update({pk: created_at for pk, _, created_at in fresh})
        self.forget()
        return [(pk, user_id) for pk, user_id, _ in fresh]

    def forget(self) -> None:
        """Raise the floor above what is so old that nothing can appear below it any more."""
        settled = [pk for pk, created_at in self.seen.items() if created_at < timezone.now() - OVERLAP]
        if settled:
            self.floor = max(settled)
            self.seen = {pk: at for pk, at in self.seen.items() if pk > self.floor}
