"""Products from a CSV file and into one.

`run(file, options=…, progress=…)` imports, as the command, the demo and anybody else's code does it.
"""

from catalog.importing.exporting import write_products
from catalog.importing.reading import UnreadableFile
from catalog.importing.report import BadRow, Options, Progress, Report
from catalog.importing.running import run

__all__ = ["BadRow", "Options", "Progress", "Report", "UnreadableFile", "run", "write_products"]
