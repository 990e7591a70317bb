"""The buttons of a device."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.models import User
from catalog import devices
from catalog.models import Condition, Device
from core.admin.steps import Step
from core.db import transactional

Status = Device.Status
COMES_BACK = "In stock it is sold at the price of its grade: as another product of the family when the grade changed."


class NoteForm(forms.Form):
    note = forms.CharField(
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Stands in the device's history, for staff alone.",
    )


class GradeForm(NoteForm):
    field_order = ["grade", "to", "note"]
    grade = forms.ChoiceField(choices=Condition.choices, widget=UnfoldAdminSelectWidget)


class CheckInForm(GradeForm):
    to = forms.ChoiceField(
        label="Goes",
        choices=[(Status.IN_STOCK, "Back into stock"), (Status.IN_REPAIR, "To repair"), (Status.RETIRED, "Retired")],
        widget=UnfoldAdminSelectWidget,
    )


class NotesForm(forms.Form):
    notes = forms.CharField(required=False, max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}))


def form_with_grade(form: type[forms.Form], grade_of: str) -> Any:
    """A maker of forms that propose the grade which the record has now."""
    return lambda record, data: form(data, initial={"grade": getattr(record, grade_of)})


def in_status(*statuses: str) -> Any:
    return lambda device: device.status in statuses


@transactional
def check_in(device: Device, *, by: User, grade: str, note: str, to: str = Status.IN_STOCK) -> str:
    devices.check_in(device=device, grade=grade, to=to, by=by, note=note)
    return f"{device} is {device.get_status_display().lower()}: {device.product}, {device.get_grade_display()}."


@transactional
def to_repair(device: Device, *, by: User, note: str) -> str:
    devices.to_repair(device=device, by=by, note=note)
    return f"{device} is in repair."


@transactional
def retire(device: Device, *, by: User, note: str) -> str:
    devices.retire(device=device, by=by, note=note)
    return f"{device} is retired."


@transactional
def take_back(device: Device, *, by: User, note: str) -> str:
    devices.take_back_device(device=device, by=by, note=note)
    return f"{device} came back. Check it in."


def save_notes(device: Device, *, by: User, notes: str) -> str:
    Device.objects.filter(pk=device.pk).update(notes=notes)
    return f"The notes on {device} were saved."


DEVICE_STEPS = [
    Step(
        name="check-in",
        label="Check in",
        icon="fact_check",
        variant="primary",
        permission="catalog.change_device",
        offered=in_status(Status.RETURNED),
        run=check_in,
        make_form=form_with_grade(CheckInForm, "grade"),
        question=COMES_BACK,
    ),
    Step(
        name="back",
        label="Back to stock",
        icon="shelves",
        variant="primary",
        permission="catalog.change_device",
        offered=in_status(Status.IN_REPAIR, Status.RETIRED),
        run=check_in,
        make_form=form_with_grade(GradeForm, "grade"),
        question=COMES_BACK,
    ),
    Step(
        name="came-back",
        label="Customer brought it back",
        icon="undo",
        permission="catalog.change_device",
        offered=in_status(Status.SOLD),
        run=take_back,
        form=NoteForm,
        question="For a device that was sold. It waits to be checked in. A refund is a step of its order's payment.",
    ),
    Step(
        name="repair",
        label="To repair",
        icon="build",
        permission="catalog.change_device",
        offered=in_status(Status.IN_STOCK),
        run=to_repair,
        form=NoteForm,
    ),
    Step(
        name="retire",
        label="Retire",
        icon="delete_sweep",
        variant="danger",
        permission="catalog.change_device",
        offered=in_status(Status.IN_STOCK, Status.IN_REPAIR),
        run=retire,
        form=NoteForm,
        question="It is no longer sold or rented. Its history stays.",
    ),
    Step(
        name="notes",
        label="Edit notes",
        icon="edit_note",
        permission="catalog.change_device",
        offered=lambda device: True,
        run=save_notes,
        make_form=lambda device, data: NotesForm(data, initial={"notes": device.notes}),
    ),
]
