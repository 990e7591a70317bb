"""The signals of stock, sent as `core.signals` says.

- `stock_changed(sender, movements)`: counts of products changed; `movements` are StockMovement rows, one a product
- `stock_low(sender, product)`: taking pieces brought its count to LOW_STOCK_LEVEL or below
"""

from django.dispatch import Signal

stock_changed = Signal()
stock_low = Signal()
