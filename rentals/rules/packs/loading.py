"""Where packs come from: ours beside this file, the operator's in the folder of the setting RULE_PACKS_DIR."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from rentals.rules.packs.reading import jurisdiction
from rentals.rules.packs.rules import InvalidPack, Jurisdiction, RulePack, UnknownPack, plain

OURS = Path(__file__).parent
DEFAULT = "default"
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Library:
    """All packs: by code, and by (country, state) as `plain` writes them; no state stands for the whole country."""

    by_code: dict[str, Jurisdiction]
    by_place: dict[Place, Jurisdiction]


def read_pack(path: Path) -> Jurisdiction:
    """The pack of one file, whose name is its code. InvalidPack when it cannot be read or used."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise InvalidPack(f"{path}: {error}") from error
    found = jurisdiction(data, where=str(path))
    if found.code != path.stem:
        raise InvalidPack(f"{path}: code {found.code} must be the name of the file.")
    if bool(found.countries) == (found.code == DEFAULT):
        raise InvalidPack(f"{path}: every pack needs countries, but for the one called {DEFAULT}.")
    return found


def load_packs(folder: Path | None = None) -> Library:
    """Every pack, those of `folder` instead of ours of the same code. InvalidPack says what is wrong, and where."""
    folders = [OURS] if folder is None else [OURS, folder]
    for place in folders:
        if not place.is_dir():
            raise InvalidPack(f"{place}: this folder of rule packs does not exist.")
    files = {path.stem: path for place in folders for path in sorted(place.glob("*.toml"))}
    by_code = {code: read_pack(path) for code, path in files.items()}
    return Library(by_code, _by_place(by_code))


def current_packs() -> Library:
    """The packs of this installation, read once per process and folder. InvalidPack as in `load_packs`."""
    folder: Path | str | None = getattr(settings, "RULE_PACKS_DIR", None)
    return _kept(Path(folder) if folder else None)


def pack_for(*, country: str, state: str, on: date) -> RulePack:
    """The rules for an address on a day: those of its state, else of its country, else the default.

    Spellings are compared without case, dots and extra blanks. A pack that is not in force yet is passed over; the
    default's first version holds for every day before it, too. InvalidPack when a file is wrong.
    """
    packs = current_packs()
    land, part = plain(country), plain(state)
    default = packs.by_code[DEFAULT]
    for found in (packs.by_place.get((land, part)), packs.by_place.get((land, "")), default):
        if found is not None and (pack := found.in_force(on)) is not None:
            return pack
    return default.versions[0]


def pack_named(code: str, version: int) -> RulePack:
    """The pack of that code and version. UnknownPack when there is none."""
    found = current_packs().by_code.get(code)
    for pack in found.versions if found else ():
        if pack.version == version:
            return pack
    raise UnknownPack(f"There is no rule pack {code}, version {version}.")


@lru_cache(maxsize=4)
def _kept(folder: Path | None) -> Library:
    return load_packs(folder)


def _by_place(by_code: dict[str, Jurisdiction]) -> dict[Place, Jurisdiction]:
    """Each place with its one pack; InvalidPack when two packs claim the same."""
    found: dict[Place, Jurisdiction] = {}
    for pack in by_code.values():
        for place in [(country, state) for country in pack.countries for state in pack.states or {""}]:
            if place in found:
                raise InvalidPack(f"Rule packs {found[place].code} and {pack.code} both cover {' '.join(place)}.")
            found[place] = pack
    return found
