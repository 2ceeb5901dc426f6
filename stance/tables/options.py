"""How tables are read; imports nothing, so that the command line starts fast."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TableOptions:
    """How tables are read."""

    text_column: str = "text"  # name of the column that holds the comments
    encoding: str = "utf-8"  # of delimited files: name of a Python codec
    delimiter: str | None = None  # of delimited files: one character; None for a comma, or a tab in `.tsv`
    from_spreadsheet: bool = False  # whether formulas were escaped for a spreadsheet and are to be unescaped
