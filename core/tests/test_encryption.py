"""Sealed texts: unreadable in the database, opened by any key, sealed again under the first."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.forms import modelform_factory

from core.encryption import EncryptedTextField, NotUnsealed, is_current

pytestmark = pytest.mark.django_db

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
TEXTS = ["sk_live_1", "", "žluťoučký 🐎\n", "x" * 10_000]


@pytest.fixture(scope="module")
def safe_model(django_db_setup, django_db_blocker):
    """A table with a sealed column, and nothing of it left for the tests of other modules."""

    class Safe(models.Model):
        secret = EncryptedTextField(null=True)
        note = models.CharField(max_length=20, default="")

        class Meta:
            app_label = "core"

    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Safe)
        yield Safe
        with connection.schema_editor() as editor:
            editor.delete_model(Safe)
    del apps.all_models["core"]["safe"]
    apps.clear_cache()


@pytest.fixture
def safes(safe_model, settings):
    settings.ENCRYPTION_KEYS = [OLD]
    return safe_model.objects


def stored(pk):
    """What stands in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM core_safe WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def rotate():
    printed = StringIO()
    call_command("rotate_encryption", stdout=printed)
    return next(line for line in printed.getvalue().splitlines() if line.startswith("core.Safe"))


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_sealed_in_the_database_and_plain_in_python(safes, text):
    made = safes.create(secret=text)
    assert Fernet(OLD).decrypt(stored(made.pk)).decode() == text
    assert safes.get().secret == text
    assert list(safes.values_list("secret", flat=True)) == [text]


def test_every_way_to_write_seals(safes):
    made = safes.create(secret="one")
    safes.update(secret="two")
    assert (safes.get().secret, "two" in stored(made.pk)) == ("two", False)
    made.secret = "three"
    safes.bulk_update([made], ["secret"])
    assert (safes.get().secret, "three" in stored(made.pk)) == ("three", False)
    safes.bulk_create([safes.model(secret="four")])
    assert safes.latest("pk").secret == "four"


def test_equal_texts_are_sealed_differently(safes):
    assert stored(safes.create(secret="same").pk) != stored(safes.create(secret="same").pk)


def test_none_stays_null_and_can_be_asked_for(safes):
    safes.create(secret="x")
    empty = safes.create(secret=None)
    assert (stored(empty.pk), list(safes.filter(secret__isnull=True))) == (None, [empty])


@pytest.mark.parametrize("lookup", ["secret", "secret__in", "secret__contains", "secret__startswith"])
def test_any_other_question_is_refused(safes, lookup):
    with pytest.raises(FieldError):
        safes.filter(**{lookup: "x"}).exists()


def test_forms_leave_it_out(safe_model):
    assert "secret" not in modelform_factory(safe_model, fields="__all__").base_fields


def test_rotating_seals_under_the_first_key_and_a_second_run_writes_nothing(safes, settings):
    made = [safes.create(secret=text) for text in [*TEXTS, None]]
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    newer = safes.create(secret="sealed since")
    assert rotate() == f"core.Safe: {len(TEXTS)} rotated"
    before = [stored(safe.pk) for safe in [*made, newer]]
    assert all(is_current(token) for token in before if token)
    assert rotate() == "core.Safe: 0 rotated"
    assert [stored(safe.pk) for safe in [*made, newer]] == before
    settings.ENCRYPTION_KEYS = [NEW]
    assert [safe.secret for safe in safes.order_by("pk")] == [*TEXTS, None, "sealed since"]


def test_a_row_that_no_key_opens_is_named_and_stops_no_other(safes, settings):
    lost = safes.create(secret="lost")
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    safes.create(secret="kept")
    settings.ENCRYPTION_KEYS = [NEW, *settings.ENCRYPTION_KEYS]
    with pytest.raises(CommandError, match=f"core.Safe {lost.pk}"):
        rotate()
    assert safes.latest("pk").secret == "kept"
    assert is_current(stored(safes.latest("pk").pk))


def test_a_changed_text_is_refused(safes):
    made = safes.create(secret="x")
    token = stored(made.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_safe SET secret = %s WHERE id = %s", [token[:-6] + "AAAA==", made.pk])
    with pytest.raises(NotUnsealed):
        safes.get()


@pytest.mark.parametrize("keys", [[], ["short"], [OLD, "short"]])
def test_nothing_is_written_without_good_keys(safes, settings, keys):
    settings.ENCRYPTION_KEYS = keys
    with pytest.raises(ImproperlyConfigured), transaction.atomic():
        safes.create(secret="x")
    assert not safes.exists()
