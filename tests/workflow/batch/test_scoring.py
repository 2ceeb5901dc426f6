"""Batches through a model: every row is counted."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from stance.errors import ConservationError
from stance.model.model import Model
from stance.tables.files import create_table
from stance.workflow.batch.scoring import check_conservation
from stance.workflow.batch.share_meter import ShareMeter
from stance.workflow.predict import predict

WORDS = " ".join(str(7**n) for n in range(60))  # long enough that no file is read at once


def test_a_lost_row_is_a_fault_of_the_program() -> None:
    check_conservation(3, 2, 1)
    with pytest.raises(ConservationError, match="3 rows were read, 2 scored and 0 rejected"):
        check_conservation(3, 2, 0)


@pytest.mark.parametrize("extension", [".csv", ".csv.gz", ".jsonl", ".parquet"])
def test_the_share_of_the_input_grows_to_one(
    extension: str, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.workflow.batch.reader.BATCH_ROWS", 100)
    paths = []
    for number, rows in enumerate((5000, 1000)):
        paths.append(str(tmp_path / f"{number}{extension}"))
        with create_table(paths[-1]) as writer:
            writer.write(pa.table({"text": [f"{row * 7919 % 5000} {row} {WORDS}" for row in range(rows)]}))
    shares: list[float] = []
    counts = predict(paths, str(tmp_path / "out.csv"), model=str(model_folder), on_share=shares.append)
    assert counts.rows == 6000
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.9
    assert shares[-1] == pytest.approx(1, abs=0.01)
    assert len(set(shares)) > 1  # JSON Lines are read in larger blocks


def test_a_pipe_has_no_share(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "a.csv").write_text("text\nso\n")
    for paths in (["-"], [str(tmp_path / "pipe.csv")], [str(tmp_path / "a.csv"), "-"], [str(tmp_path / "no.csv")]):
        meter = ShareMeter(paths)
        meter.begin(paths[0])
        assert meter.share(1) is None


def test_compiling_is_no_part_of_the_seconds(
    comments: Path, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Model.proba
    calls: list[int] = []

    def slow_at_first(self: Model, *arguments: Any) -> Any:
        if not calls:
            time.sleep(1.5)
        calls.append(len(arguments[0]))
        return real(self, *arguments)

    monkeypatch.setattr(Model, "proba", slow_at_first)
    counts = predict(str(comments), str(tmp_path / "out.csv"), model=str(model_folder))
    assert calls == [1, 3]
    assert 0 < counts.seconds < 1.5
