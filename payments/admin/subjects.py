"""What payments are for, in the lists of what belongs to a payment."""

from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.views import ChangeList

from core.admin.badges import link
from payments.payables import Payable
from payments.sellables import thing_of, things_of


class WithSubjects(ChangeList):
    """Rows that belong to a payment (`payment_id`), with what it pays as `about`, read at once for the whole page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        known = things_of([row.payment_id for row in self.result_list])
        for row in self.result_list:
            row.about = known.get(row.payment_id)


def subject_link(row: Any) -> SafeString | None:
    """What the row's payment pays, leading to its page; None when that is not known. A list has read it before."""
    if not hasattr(row, "about"):
        row.about = thing_of(row.payment)
    thing: Payable | None = row.about
    return link(thing.admin_url, str(thing)) if thing else None
