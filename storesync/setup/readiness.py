"""Which items of the ERP and of a shop are the same, which are not, and what keeps one from being in step."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from storesync.models import Connection, ErpConfig, ErpItem, SkuMapping
from storesync.setup.reading import bring_erp, bring_shop, bring_shops, end_of_wait, erp_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Sides:
    """What the ERP and a shop were last seen to sell. SKUs are compared to the letter."""

    items: list[ErpItem]
    mappings: list[SkuMapping]

    @classmethod
    def now(cls, connection: Connection) -> "Sides":
        """What was read in the last minutes. Raises ErpMissing, ConnectionBroken, CallFailed."""
        erp, ends_at = erp_of(connection.owner_id), end_of_wait()
        bring_erp(erp, ends_at=ends_at)
        bring_shop(connection, ends_at=ends_at)
        return cls.of(erp, connection)

    @classmethod
    def of(cls, erp: ErpConfig, connection: Connection) -> "Sides":
        items = ErpItem.objects.filter(erp=erp).order_by("sku", "pk")
        return cls(list(items), list(connection.mappings.exclude(item_key=None).order_by("sku", "pk")))

    @property
    def twice_in_erp(self) -> set[str]:
        counted = Counter(item.sku for item in self.items)
        return {sku for sku, many in counted.items() if many > 1}

    @property
    def twice_in_store(self) -> set[str]:
        return {mapping.sku for mapping in self.mappings if mapping.sku and mapping.sku_key is None}

    @property
    def pairs(self) -> dict[ErpItem, SkuMapping]:
        """What is the same, with a SKU that is there once on each side."""
        twice = self.twice_in_erp
        items = {item.sku: item for item in self.items if item.sku not in twice}
        sold = (mapping for mapping in self.mappings if mapping.sku_key)
        return {items[mapping.erp_sku]: mapping for mapping in sold if mapping.erp_sku in items}


def matches(sides: Sides) -> Row:
    """As the contract lists them; an unmatched item of the shop comes with what it probably is."""
    pairs, in_erp, in_store = sides.pairs, sides.twice_in_erp, sides.twice_in_store
    matched, twice = {mapping.pk for mapping in pairs.values()}, in_erp | in_store
    left_items = [item for item in sides.items if item not in pairs and item.sku not in twice]
    left = [each for each in sides.mappings if each.pk not in matched and each.sku not in twice]
    likely = suggestions(left, left_items)
    return {
        "matches": [
            {
                "sku": mapping.sku,
                "prokipProduct": of_erp(item),
                "storeProduct": of_store(mapping),
                "matched": True,
                "manual": mapping.how == SkuMapping.How.MANUAL,
            }
            for item, mapping in pairs.items()
        ],
        "unmatched": {
            "prokip": [of_erp(item) for item in left_items],
            "store": [{**of_store(mapping), "suggestion": likely.get(mapping.pk)} for mapping in left],
        },
        "duplicates": [
            *({"source": "prokip", "sku": sku} for sku in sorted(in_erp)),
            *({"source": "store", "sku": sku} for sku in sorted(in_store)),
        ],
    }


def of_erp(item: ErpItem) -> Row:
    return {"id": item.product_id, "name": item.name, "sku": item.sku, "price": item.price}


def of_store(mapping: SkuMapping) -> Row:
    return {"id": mapping.item_id, "name": mapping.name, "sku": mapping.sku, "price": mapping.price}


def suggestions(mappings: Iterable[SkuMapping], items: Iterable[ErpItem]) -> dict[int, str]:
    """By the mapping, the SKU of the one ERP item that is called so but for case, blanks and signs.

    The SKUs are looked at first, then the names.
    """
    items = list(items)
    by_sku, by_name = only(items, "sku"), only(items, "name")
    found = {
        mapping.pk: by_sku.get(letters(mapping.sku)) or by_name.get(letters(mapping.name)) for mapping in mappings
    }
    return {key: sku for key, sku in found.items() if sku}


def only(items: Iterable[ErpItem], field: str) -> dict[str, str]:
    """The SKU of an item by the letters of a field, where only one has these."""
    found: dict[str, list[str]] = defaultdict(list)
    for item in items:
        found[letters(getattr(item, field))].append(item.sku)
    return {called: skus[0] for called, skus in found.items() if called and len(skus) == 1}


def letters(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def readiness(sides: Sides) -> Row:
    """What there is to mend before each product of the ERP can be sold in the shop and kept in step."""
    pairs, in_erp, in_store = sides.pairs, sides.twice_in_erp, sides.twice_in_store
    products = []
    for item in sides.items:
        issues = faults(item, in_erp)
        if item.sku in in_store:
            issues.append("The store has this SKU more than once.")
        if item in pairs and not pairs[item].is_tracked:
            issues.append("The store does not count its stock.")
        products.append({**of_erp(item), "ready": not issues, "issues": issues})
    ready = sum(product["ready"] for product in products)
    summary = {"total": len(products), "ready": ready, "needsAttention": len(products) - ready}
    return {"summary": summary, "products": products}


def faults(item: ErpItem, twice: set[str]) -> list[str]:
    """Why a product of the ERP cannot be sold elsewhere, in sentences."""
    found = {
        "Prokip has this SKU more than once.": item.sku in twice,
        "It has no name.": not item.name,
        "It has no price.": not item.price or item.price <= 0,
        "It is a bundle, of which Prokip tells no stock.": item.is_combined,
        "Prokip does not count its stock here.": item.stock is None and not item.is_combined,
    }
    return [sentence for sentence, is_so in found.items() if is_so]


def lacking(sides: Sides) -> list[ErpItem]:
    """What can be sold and the shop does not have, neither under its own SKU nor under another."""
    twice = sides.twice_in_erp
    known = {mapping.sku for mapping in sides.mappings} | {mapping.erp_sku for mapping in sides.mappings}
    return [item for item in sides.items if item.sku not in known and not faults(item, twice)]


def everything(user: User) -> Row:
    """What the user's ERP and shops sell. A shop that cannot be read is named, with what was known of it.

    Raises ErpMissing, and a CallFailed of the ERP.
    """
    erp, ends_at = erp_of(user.pk), end_of_wait()
    bring_erp(erp, ends_at=ends_at)
    shops = list(Connection.objects.visible_to(user))
    failed = bring_shops(shops, ends_at=ends_at)
    sold = SkuMapping.objects.filter(connection__in=shops).exclude(item_key=None).order_by("connection", "sku", "pk")
    return {
        "prokipProducts": ErpItem.objects.filter(erp=erp).order_by("sku", "pk").values("name", "sku", "price"),
        "storeProducts": sold.values("connection_id", "name", "sku", "price"),
        "unavailable": [
            {"connectionId": shop.pk, "store": shop.address, "error": error.message} for shop, error in failed.items()
        ],
    }


def suggestion_for(mapping: SkuMapping) -> str | None:
    """The ERP's SKU of what an unmatched item of a shop probably is."""
    erp = ErpConfig.objects.filter(owner=mapping.connection.owner_id).first()
    if erp is None:
        return None
    sides = Sides.of(erp, mapping.connection)
    found = matches(sides)["unmatched"]["store"]
    return next((row["suggestion"] for row in found if row["sku"] == mapping.sku), None)
