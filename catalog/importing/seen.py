"""Which SKUs a file has named so far: kept on disk, for a file may have more than memory should hold."""

import sqlite3


class SeenSkus:
    """SKUs by the line that named them first. Case does not count, as it does not to MySQL's unique index."""

    def __init__(self) -> None:
        # An empty name is a private file that SQLite makes and removes by itself.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("CREATE TABLE seen (sku TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def earlier_line(self, sku: str, line: int) -> int | None:
        """The line that has this SKU already; else None, and from now on it is `line`."""
        key = sku.upper()
        if self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line)).rowcount:
            return None
        return int(self._database.execute("SELECT line FROM seen WHERE sku = ?", (key,)).fetchone()[0])

    def close(self) -> None:
        """Remove the file."""
        self._database.close()
