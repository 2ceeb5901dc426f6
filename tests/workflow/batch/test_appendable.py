"""Tables that are saved while they grow: what was not saved is cut off."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from stance.tables.files import read_table
from stance.workflow.batch.appendable import open_appendable

WORDS = ("they lie", "good work", "bad deal", "thank you for the port")
EXTENSIONS = [".csv", ".csv.gz", ".parquet", ".jsonl"]


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_what_was_not_saved_is_cut_off(extension: str, tmp_path: Path) -> None:
    path, batches = tmp_path / f"a{extension}", [pa.table({"text": [f"{n} {WORDS[n]}"] * 3}) for n in range(4)]
    table = open_appendable(path)
    table.write(batches[0])
    table.save()
    table.write(batches[1])
    position = table.save()
    table.write(batches[3])
    table.save()
    table.rollback()
    table = open_appendable(path, position)
    for batch in batches[2:]:
        table.write(batch)
    table.close()
    whole = read_table(str(path))[0]
    assert whole.to_pydict() == pa.concat_tables(batches).to_pydict()
