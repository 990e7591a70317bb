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

Verb = Callable[..., str]


class NoQuestion(forms.Form):
    """A step that needs no answers."""


@dataclass(frozen=True)
class Step:
    """One thing that staff can do to a record.

    `run(record, by=user, **answers)` does it and returns what to say; it may raise a DomainError. `offered`
    tells from the record whether the step makes sense now, `permission` names what the role needs.
    A step with a `form` or a `question` asks on a page of its own first.
    """

    name: str
    label: str
    permission: str
    run: Verb
    offered: Callable[[Any], bool]
    icon: str = "arrow_forward"
    variant: str = "default"
    form: type[forms.Form] = NoQuestion
    question: str = ""
    gone: str = field(default="This step is no longer possible: somebody was faster. This is how it stands now.")

    @property
    def asks(self) -> bool:
        """Whether there is a page before the step is done."""
        return bool(self.question) or self.form is not NoQuestion


class StepsAdmin(ShopAdmin):
    """A page with a button for each step that the record and the role allow at this moment."""

    steps: Sequence[Step] = ()
    change_form_outer_before_template = "admin/steps.html"

    def get_urls(self) -> list[URLPattern]:
        """The usual pages, and an address for each step."""
        return [self.step_url(step) for step in self.steps] + super().get_urls()

    def step_url(self, step: Step) -> URLPattern:
        """Where the step is asked for and done."""
        view = self.admin_site.admin_view(partial(self.step_view, step=step))
        return path(f"<path:object_id>/{step.name}/", view, name=self.step_name(step))

    def step_name(self, step: Step) -> str:
        """The name of the step's address."""
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
        """Django's page with the buttons."""
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
        form = step.form(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self.do(request, record, step, form.cleaned_data)
        return self.ask(request, record, step, form)

    def do(self, request: HttpRequest, record: Any, step: Step, answers: dict[str, Any]) -> HttpResponse:
        """Run the verb and say what came of it."""
        try:
            said = step.run(record, by=request.user, **answers)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return self.back_to(record)
        self.log_change(request, record, step.label)
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
        """The record's own page."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk])

    def back_to(self, record: Any) -> HttpResponse:
        """The record's page, or the list when the record is gone."""
        if type(record)._base_manager.filter(pk=record.pk).exists():
            return HttpResponseRedirect(self.record_url(record))
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))


class ReadOnlyStepsAdmin(ReadOnly, StepsAdmin):
    """Rows that only the shop writes, with buttons."""
