"""`manage.py run_mock_stores [--faults FILE]`: stand-ins for Prokip, Shopify and WooCommerce, until Ctrl-C."""

import json
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from storesync.mock.prokip.store import ProkipStore
from storesync.mock.server import MockServer
from storesync.mock.shopify.store import ShopifyStore
from storesync.mock.store import Store
from storesync.mock.woo.store import WooStore

STORES: dict[str, tuple[str, type[Store]]] = {
    "prokip": ("MOCK_PROKIP_URL", ProkipStore),
    "shopify": ("MOCK_SHOPIFY_URL", ShopifyStore),
    "woo": ("MOCK_WOO_URL", WooStore),
}


class Command(BaseCommand):
    """They listen where the settings say, remember in memory alone, and are steered under /mock."""

    help = "Stands in for Prokip, a Shopify shop and a WooCommerce shop (docs/storesync.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--faults", type=Path, help='JSON: {"prokip"|"shopify"|"woo": [{"kind": "429", ...}]}')

    def handle(self, *args: Any, **options: Any) -> None:
        faults = faults_in(options["faults"]) if options["faults"] else {}
        servers = [self.opened(name, faults.get(name, [])) for name in STORES]
        for server in servers[1:]:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            servers[0].serve_forever()
        except KeyboardInterrupt:
            for server in servers:
                server.server_close()

    def opened(self, name: str, faults: Any) -> MockServer:
        """Listens, and does not answer yet. Raises CommandError."""
        setting, store_class = STORES[name]
        url, store = getattr(settings, setting), store_class()
        address = urlsplit(url)
        try:
            store.faults.set(faults)
            server = MockServer((address.hostname or "", address.port or 80), store)
        except ValueError as error:
            raise CommandError(f"The faults of {name}: {error}") from error
        except OSError as error:
            raise CommandError(f"Cannot listen on {setting}={url}: {error.strerror}") from error
        store.base = url
        self.stdout.write(f"{store.name}'s stand-in answers on {url}")
        return server


def faults_in(path: Path) -> dict[str, Any]:
    """The file's faults by store. Raises CommandError."""
    try:
        faults = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CommandError(f"Cannot read {path}: {error}") from error
    if not isinstance(faults, dict) or not set(faults) <= set(STORES):
        raise CommandError(f"{path} is no object with {', '.join(STORES)}")
    return faults
