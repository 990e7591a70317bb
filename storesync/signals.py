"""The signal of the hub, sent as `core.signals` says.

- `trouble_found(sender, about, kind, message, occurrence)`: something needs a person now. `about` is the order,
  webhook, shop or ERP, `kind` one of `troubles.Kind`; `occurrence` is the same as often as the same is told of it
"""

from django.dispatch import Signal

trouble_found = Signal()
