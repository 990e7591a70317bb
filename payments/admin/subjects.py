"""What payments are for, in the lists of what belongs to a payment."""

from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.views import ChangeList

from core.admin.badges import link
from payments.subjects import Subject, subject_of, subjects_of


class WithSubjects(ChangeList):
    """Rows that belong to a payment (`payment_id`), with what it pays as `about`, read at once for the whole page."""

    def get_results(self, request: HttpRequest) -> None:
        """The rows of the page."""
        super().get_results(request)
        known = subjects_of([row.payment_id for row in self.result_list])
        for row in self.result_list:
            row.about = known.get(row.payment_id)


def subject_link(row: Any) -> SafeString | None:
    """What the row's payment pays, leading to its page; None when nobody knows. A list has read it before."""
    if not hasattr(row, "about"):
        row.about = subject_of(row.payment)
    subject: Subject | None = row.about
    return link(subject.admin_url, subject.label) if subject else None
