"""Rule packs: what a jurisdiction says about early purchase and late fees, as versioned data with its sources."""

from rentals.rules.packs.loading import current_packs, load_packs, pack_for, pack_named
from rentals.rules.packs.reading import as_json, from_json
from rentals.rules.packs.rules import BuyoutRule, InvalidPack, LateFeeRule, RulePack, UnknownPack

__all__ = [
    "BuyoutRule",
    "InvalidPack",
    "LateFeeRule",
    "RulePack",
    "UnknownPack",
    "as_json",
    "current_packs",
    "from_json",
    "load_packs",
    "pack_for",
    "pack_named",
]
