"""Nothing in the folder of a table runs, or changes what a command does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import COMMENTS, HEADER, ROWS, write_csv

ROOT = Path(__file__).parents[2]
MODULES = (
    "numpy",
    "joblib",
    "typing",
    "typer",
    "yaml",
    "pandas",
    "sklearn",
    "rich",
    "stance_site",
    "matplotlib",
    "_ssl",
)
YAML = """
def safe_load(file):
    raise SystemExit("a file of the working folder was read")
"""
CONFIG = "cache_dir: evil\ncache_locator_classes: evil.Evil\ndisable_jit: 1\ndump_html: evil.html\n"


def runs(folder: Path, *arguments: str, before: Sequence[str] = ("-m", "stance")) -> subprocess.CompletedProcess[str]:
    (folder.parent / "site").mkdir(exist_ok=True)
    (folder.parent / "site" / "yaml.py").write_text(YAML)
    settings = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder.parent / "site")])}
    settings.pop("PYTHONSAFEPATH", None)
    command = [sys.executable, *before, *arguments]
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder with a table, and with all that a library is known to take from where it runs."""
    folder = tmp_path / "data"
    folder.mkdir()
    write_csv(folder / "labelled.csv", HEADER, list(ROWS))
    write_csv(folder / "comments.csv", ("id", "text"), list(COMMENTS))
    for name in MODULES:
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / f'ran-{name}')!r}, 'w')\n")
    (folder / ".numba_config.yaml").write_text(CONFIG)
    os.mkfifo(folder / "matplotlibrc")  # reading it would wait for ever
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran-evil')!r}, 'w')\n")
    return folder


def test_no_command_takes_anything_from_the_working_folder(trap: Path) -> None:
    before = {path.name for path in trap.iterdir()}
    for arguments in (
        ("train", "labelled.csv", "--out", "model", "--jobs", "2"),  # whose workers are processes of their own
        ("predict", "comments.csv", "-o", "out.csv", "--model", "model"),
        ("evaluate", "labelled.csv", "--model", "model", "--report", "report", "--jobs", "1"),
        ("explain", "they lie", "--model", "model"),
    ):
        done = runs(trap, *arguments)
        assert done.returncode == 0, done.stderr
        assert "numba" not in done.stderr.lower()
    assert {path.name for path in trap.iterdir()} - before == {"model", "out.csv", "report"}
    assert sorted(path.name for path in trap.parent.iterdir()) == ["data", "site"]


def test_numba_is_not_told_by_the_working_folder_later_either(trap: Path) -> None:
    code = """
import sys, warnings
warnings.simplefilter("error")
import stance.features.kernels.tfidf
import numba.core.config as config
config.reload_config()
assert not config.DISABLE_JIT and not config.HTML and "evil" not in config.CACHE_DIR
import yaml
assert yaml.safe_load
"""
    done = runs(trap, before=("-P", "-c", code))
    assert done.returncode == 0, done.stderr


def test_a_program_that_reads_its_own_settings_of_numba_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".numba_config.yaml").write_text("opt: 1\n")
    code = """
import yaml
yaml.safe_load = lambda file: {"opt": "1", "cache_dir": "evil"}
import numba.core.config as config
from stance.features.kernels import compiling
config.reload_config()
assert int(config.OPT) == 1
assert "evil" not in str(compiling.CACHE_FOLDER)
"""
    done = runs(tmp_path / "data", before=("-P", "-c", code))
    assert done.returncode == 0, done.stderr
