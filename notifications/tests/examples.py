"""The example of every kind, in English."""

from django.utils import translation

from notifications.examples import EXAMPLES, example

with translation.override("en"):
    CONTEXTS = {kind: example(kind) for kind in EXAMPLES}
