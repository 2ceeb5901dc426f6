"""Columns of comments."""

from __future__ import annotations

import pyarrow
import pytest

from stance.errors import TableError
from stance.tables import columns


def test_number_columns_are_not_comments_even_by_name() -> None:
    table = pyarrow.table({"text": [1, 2]})
    with pytest.raises(TableError, match="holds numbers only"):
        columns.read_texts(table, "text", "a.parquet")
