"""Export."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Cli


def test_export(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    code, output, _ = cli("export", tmp_path / "a.joblib", "--model", model_folder)
    assert (code, output) == (0, f"pipeline written to {tmp_path / 'a.joblib'}\n")
    assert (tmp_path / "a.joblib").stat().st_size > 0
