"""A second face with an enveloped form, two mounts, and a call of each kind."""

from django.urls import include, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from core.api import fields
from core.api.envelope import ENVELOPED
from core.api.faces import Face
from core.api.idempotency import idempotent
from core.api.inputs import OpenInput
from core.api.mounts import mounted
from core.api.pagination import PageShape, Paging
from core.api.parsers import FormParser, JsonParser
from core.api.shapes import DoneShape, Shape
from core.api.viewsets import ResourceViewSet
from core.errors import Conflict, NotFound

SECOND = Face(
    name="second",
    mounts=("/second/v1", "/second/client/v1"),
    prefixes=("/second",),
    form=ENVELOPED,
    paging=Paging(size=20, most=100, size_names=("limit",), skips=True),
    cors_origins="SECOND_ORIGINS",
    throttle_user="SECOND_USER",
    throttle_anonymous="SECOND_ANON",
    max_body="SECOND_BODY",
    info=(("title", "The second"),),
)


class SoldOut(Conflict):
    code = "sold_out"
    message = "Nothing is left."


class NoteNotFound(NotFound):
    code = "note_not_found"


class Rows(list):
    """What a queryset is to a paginator."""

    def count(self):
        return len(self)


class NoteShape(Shape):
    """A note."""

    id = serializers.IntegerField()
    text = serializers.CharField(help_text="What it says.")


class NotePageShape(PageShape):
    """A page of notes."""

    notes = NoteShape(many=True, help_text="The notes.")


class SaidShape(Shape):
    """What was said."""

    message = serializers.CharField()


class NoteInput(OpenInput):
    text = fields.TextField(min_length=2, max_length=5, help_text="What it says.")
    copies = fields.IntegerField(min_value=1, max_value=9, required=False, help_text="How many.")
    kind = fields.OneOfField(choices=["a", "b"], required=False, help_text="Of which kind.")
    day = serializers.DateField(required=False, help_text="When.")
    aliases = {"words": "text"}


NOTES = Rows({"id": number, "text": f"note {number}"} for number in range(1, 46))
written = []


class NoteViewSet(ResourceViewSet):
    permission_classes = [AllowAny]
    parser_classes = [JsonParser, FormParser]

    @extend_schema(responses={200: NotePageShape})
    def list(self, request):
        """List the notes."""
        return self.answer_page(NotePageShape, NOTES)

    @extend_schema(responses={200: NoteShape(many=True)})
    def bare(self, request):
        """List all notes."""
        return Response(NoteShape.all(NOTES))

    @extend_schema(request=NoteInput, responses={201: NoteShape})
    @idempotent()
    def create(self, request):
        """Write a note."""
        body = self.validated(NoteInput)
        if body["text"] == "full":
            raise SoldOut
        written.append(body)
        return self.answer(NoteShape.of({"id": len(written), **body}), message="Written.", status=201)

    @extend_schema(responses={200: NoteShape})
    def retrieve(self, request, pk):
        """Look at a note."""
        if pk > len(NOTES):
            raise NoteNotFound
        return self.answer(NoteShape.of(NOTES[pk - 1]))

    @extend_schema(responses={200: DoneShape})
    def destroy(self, request, pk):
        """Throw a note away."""
        return self.answer(message="Thrown away.")

    @extend_schema(request=None, responses={200: SaidShape})
    def say(self, request):
        """Say something."""
        return self.answer(SaidShape.of({"message": "Hello"}))

    @extend_schema(exclude=True)
    def fail(self, request):
        raise RuntimeError("secret")

    @extend_schema(exclude=True)
    def locked(self, request):
        return self.answer()

    def get_permissions(self):
        return super().get_permissions() if self.action != "locked" else [Staff()]


class Staff(AllowAny):
    def has_permission(self, request, view):
        return bool(request.user.is_authenticated and request.user.is_staff)


CALLS = [
    path("notes", NoteViewSet.as_view({"get": "list", "post": "create"})),
    path("notes/bare", NoteViewSet.as_view({"get": "bare"})),
    path("notes/<id:pk>", NoteViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path("say", NoteViewSet.as_view({"post": "say"})),
    path("fail", NoteViewSet.as_view({"get": "fail"})),
    path("locked", NoteViewSet.as_view({"get": "locked", "post": "locked"})),
]
urlpatterns = [*mounted(SECOND, CALLS), path("", include("giggatek.urls"))]
