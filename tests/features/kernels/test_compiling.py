"""Kernels are kept, a damaged file means no more than compiling again, and the user is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
KERNEL = """
import sys
from stance.cli import console
from stance.features.kernels import compiling
console.tell_of_compiling()

@compiling.compiled
def twice(n):
    return n + n

assert twice(2) == 4 and twice(3) == 6
assert twice(2.5) == 5.0
"""


def run(folder: Path, **settings: str) -> str:
    (folder / "kernel.py").write_text(KERNEL)
    done = subprocess.run(
        [sys.executable, "kernel.py"], cwd=folder, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(folder / "cache"), **settings},
    )  # fmt: skip
    return done.stderr


def test_a_kernel_is_compiled_once_and_said_so_once(tmp_path: Path) -> None:
    told = "compiling the scorer for this machine; this takes some seconds and happens once\n"
    assert run(tmp_path) == told
    assert run(tmp_path) == ""
    kept = sorted((tmp_path / "cache").rglob("kernel.twice-*"))
    assert [path.suffix for path in kept] == [".nbc", ".nbc", ".nbi"]
    for path in kept:
        path.write_bytes(path.read_bytes()[:20])
        assert run(tmp_path) == told
        assert run(tmp_path) == ""


def test_where_nothing_can_be_kept_it_is_said_that_every_run_compiles(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    other = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path / "cache"), "TMPDIR": str(tmp_path)}
    for _ in range(2):
        assert "happens at every run, since no folder" in run(tmp_path, **other)


def test_nothing_is_compiled_where_numba_is_told_not_to(tmp_path: Path) -> None:
    assert run(tmp_path, NUMBA_DISABLE_JIT="1") == ""
    assert list(tmp_path.rglob("*.nbi")) == []
