"""stance/tables/options.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TableOptions:
    """How tables are read.

    Parameters
    ----------
    text_column : str
        Name of the column that holds the comments.
    encoding : str
        Of delimited files: name of a Python codec.
    delimiter : str, optional
        Of delimited files: one character; by default a comma, or a tab for `.tsv`.
    from_spreadsheet : bool
        Whether cells were made harmless for a spreadsheet and are to be read as they were before.
    """

    text_column: str = "text"
    encoding: str = "utf-8"
    delimiter: str | None = None
    from_spreadsheet: bool = False
