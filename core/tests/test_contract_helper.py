"""The helper that holds answers against the contract finds what it is there for."""

import pytest

from core.testing.contract import differences

EXAMPLE = {"id": 1, "total": 599.99, "at": "2025-04-01T12:30:45Z", "notes": None, "items": [{"sku": "A"}]}
GOOD = {"id": 7, "total": 600, "at": "2026-01-01T00:00:00Z", "notes": "x", "items": [{"sku": "B"}], "extra": 1}


def test_the_same_shape_has_no_differences():
    assert differences(GOOD, EXAMPLE) == []


@pytest.mark.parametrize(
    "change",
    [
        {"id": "7"},
        {"id": True},
        {"id": 7.0},
        {"total": "599.99"},
        {"total": False},
        {"total": None},
        {"at": "2026-01-01T00:00:00+00:00"},
        {"at": "2026-01-01"},
        {"items": []},
        {"items": {}},
        {"items": [{"sku": "B"}, {"sku": None}]},
        {"items": [{"SKU": "B"}]},
    ],
)
def test_another_type_is_found(change):
    assert len(differences({**GOOD, **change}, EXAMPLE)) == 1


def test_a_missing_key_is_named():
    assert differences({key: GOOD[key] for key in GOOD if key != "notes"}, EXAMPLE) == ["$.notes is missing"]
