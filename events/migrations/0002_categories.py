"""The ten categories whose ids clients know."""

from django.db import migrations

CATEGORIES = (
    (1, "Music", "music"),
    (2, "Sports", "sports"),
    (3, "Arts & Culture", "arts-culture"),
    (4, "Food & Drink", "food-drink"),
    (5, "Business", "business"),
    (6, "Tech", "tech"),
    (7, "Education", "education"),
    (8, "Health", "health"),
    (9, "Community", "community"),
    (10, "Entertainment", "entertainment"),
)


def create_categories(apps, schema_editor):
    category = apps.get_model("events", "Category")
    category.objects.bulk_create(category(pk=pk, name=name, slug=slug) for pk, name, slug in CATEGORIES)


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunPython(create_categories, migrations.RunPython.noop)]
