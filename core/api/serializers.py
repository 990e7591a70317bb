"""The bases of inputs under their first names."""

from core.api.inputs import EmptyInput as EmptyBody
from core.api.inputs import Input as RefusesUnknown
from core.api.inputs import Input as StrictSerializer
from core.api.inputs import ModelInput as StrictModelSerializer

__all__ = ["EmptyBody", "RefusesUnknown", "StrictModelSerializer", "StrictSerializer"]
