"""Buttons of a record's page: each runs one verb of the domain, by POST, for those who may."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from core.admin.base import ReadOnly, ShopAdmin
from core.errors import DomainError
from core.text.card_numbers import has_card_number

Verb = Callable[..., str | HttpResponse]


class NoQuestion(forms.Form):
    """A step that needs no answers."""


@dataclass(frozen=True)
class Step:
    """One thing that staff can do to a record.

    `run(record, by=user, **answers)` does it and returns what to say, or a file; it may raise a DomainError.
    `offered` tells from the record whether the step makes sense now, `permission` names what the role needs.
    A step with a `form` or a `question` asks on a page of its own first. `make_form(record, posted data or None)`
    makes a form that depends on the record; what was typed into it survives a refusal. `template` shows its fields
    otherwise than one below the other.
    """

    name: str
    label: str
    permission: str
    run: Verb
    offered: Callable[[Any], bool]
    icon: str = "arrow_forward"
    variant: str = "default"
    form: type[forms.Form] = NoQuestion
    make_form: Callable[[Any, Any], forms.Form] | None = None
    question: str = ""
    template: str = "admin/step_fields.html"
    gone: str = field(default="This step is no longer possible: another person was faster. This is how it stands.")

    @property
    def asks(self) -> bool:
        """Whether there is a page before the step is done."""
        return bool(self.question) or self.make_form is not None or self.form is not NoQuestion

    def form_for(self, record: Any, data: Any) -> forms.Form:
        """The form in which it asks."""
        return self.make_form(record, data) if self.make_form else self.form(data)


def blame(form: forms.Form, refusal: DomainError) -> None:
    """Show a refusal at the fields that it names; if the form has none of them, above all."""
    named = {name: texts for name, texts in (refusal.details or {}).items() if name in form.fields}
    for name, texts in named.items():
        form.add_error(name, list(texts))
    if not named:
        form.add_error(None, refusal.message)


def refuse_card_numbers(form: forms.Form) -> None:
    """Find fault with words in which a card number stands: they are kept, mailed and printed for good.

    Numbers of parcels and devices are typed in fields of one line, and may look like anything.
    """
    for name, words in list(form.cleaned_data.items()):
        is_words = isinstance(words, str) and isinstance(
            getattr(form.fields.get(name), "widget", None), forms.Textarea
        )
        if is_words and has_card_number(words):
            form.add_error(name, "Card numbers have no place here. The last four digits are enough.")


class StepsAdmin(ShopAdmin):
    """A page with a button for each step that the record and the role allow at this moment."""

    steps: Sequence[Step] = ()
    change_form_outer_before_template = "admin/steps.html"

    def get_urls(self) -> list[URLPattern]:
        return [self.step_url(step) for step in self.steps] + super().get_urls()

    def step_url(self, step: Step) -> URLPattern:
        """Where the step is asked for and done."""
        view = self.admin_site.admin_view(partial(self.step_view, step=step))
        return path(f"<path:object_id>/{step.name}/", view, name=self.step_name(step))

    def step_name(self, step: Step) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{step.name}"

    def steps_for(self, request: HttpRequest, record: Any) -> list[dict[str, Any]]:
        """The steps that stand open to this person for this record, with their addresses."""
        return [
            {"step": step, "url": reverse(f"admin:{self.step_name(step)}", args=[record.pk])}
            for step in self.steps
            if step.offered(record) and request.user.has_perm(step.permission)
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        record = kwargs.get("obj")
        context["steps"] = self.steps_for(request, record) if record else []
        return super().render_change_form(request, context, *args, **kwargs)

    def step_view(self, request: HttpRequest, object_id: str, *, step: Step) -> HttpResponse:
        """Ask for the step (GET) or do it (POST), then go back to the record."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not (self.has_view_permission(request, record) and request.user.has_perm(step.permission)):
            raise PermissionDenied
        if not step.offered(record):
            self.message_user(request, step.gone, messages.WARNING)
            return self.back_to(record)
        form = step.form_for(record, request.POST if request.method == "POST" else None)
        if form.is_valid():
            refuse_card_numbers(form)
        if form.is_valid():
            return self.do(request, record, step, form)
        return self.ask(request, record, step, form)

    def do(self, request: HttpRequest, record: Any, step: Step, form: forms.Form) -> HttpResponse:
        """Run the verb and say what came of it."""
        try:
            said = step.run(record, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            if step.make_form:
                blame(form, refusal)
                return self.ask(request, record, step, form)
            self.message_user(request, refusal.message, messages.ERROR)
            return self.back_to(record)
        self.log_change(request, record, step.label)
        if isinstance(said, HttpResponse):
            return said
        self.message_user(request, said, messages.SUCCESS)
        return self.back_to(record)

    def ask(self, request: HttpRequest, record: Any, step: Step, form: forms.Form) -> HttpResponse:
        """The page before the step."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"{step.label}: {record}",
            "opts": self.opts,
            "original": record,
            "step": step,
            "form": form,
            "back_url": self.record_url(record),
        }
        return TemplateResponse(request, "admin/step.html", context)

    def record_url(self, record: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk])

    def back_to(self, record: Any) -> HttpResponse:
        """The record's page, or the list when the record is gone."""
        if type(record)._base_manager.filter(pk=record.pk).exists():
            return HttpResponseRedirect(self.record_url(record))
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))


class ReadOnlyStepsAdmin(ReadOnly, StepsAdmin):
    """Rows that only the shop writes, with buttons."""
