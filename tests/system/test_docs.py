"""The commands and the Python of the README work, in a folder with a small labelled table."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from docs import api, architecture
from tests.system.test_layers import LEAVES, MAY_IMPORT

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [line[2:] for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
SMALL = 300  # rows: enough for every label, quick to train on


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("readme")
    (made / "datasets").mkdir()
    for name in ("sample.csv", "annotations.csv"):
        (made / "datasets" / name).symlink_to(ROOT / "datasets" / name)
    with (ROOT / "datasets/comments.csv").open(encoding="utf-8", newline="") as file:
        rows = list(islice(csv.reader(file), SMALL + 1))
    for name in ("datasets/comments.csv", "labelled.csv"):
        with (made / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return made


def run(command: list[str], folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_readme_has_its_two_commands_first() -> None:
    first = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert first is not None
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make demo", "make test"]
    assert README.index("```") == first.start()


def test_readme_shows_every_command() -> None:
    shown = {command.split()[1] for command in COMMANDS}
    assert shown >= {"train", "predict", "explain", "evaluate", "export", "check", "agree"}


def test_readme_commands(folder: Path) -> None:
    for command in COMMANDS:
        run(["bash", "-c", command], folder)


@pytest.mark.parametrize("code", PYTHON)
def test_readme_python(code: str, folder: Path) -> None:
    assert "empty" in run([sys.executable, "-c", code], folder)


def test_links_of_the_documents_lead_somewhere() -> None:
    top, docs, datasets = ROOT.glob("*.md"), ROOT.glob("docs/*.md"), ROOT.glob("datasets/*.md")
    for page in (*top, *docs, *datasets):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_security_promises_are_held_by_tests_that_exist() -> None:
    promises = re.findall(r"\| ([^|]+) \| `(tests/[\w/]+\.py)::(\w+)` \|", (ROOT / "SECURITY.md").read_text("utf-8"))
    assert len(promises) > 15
    for promise, file, name in promises:
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), promise


def test_the_page_of_the_api_is_written_from_the_docstrings() -> None:
    assert api.PAGE.read_text("utf-8") == api.page()  # if not: make docs


def test_the_page_of_the_architecture_lists_every_file() -> None:
    page = architecture.PAGE.read_text("utf-8")
    assert page == architecture.page()  # if not: make docs
    listed = re.findall(r"^- `(\w+\.py)`", page, re.MULTILINE)
    files = [path for path in architecture.STANCE.rglob("*.py") if path.name != "__init__.py"]
    assert len(listed) == len(files) + 1  # `stance/__init__.py` too


def test_the_page_of_the_architecture_says_what_may_import_what() -> None:
    page = architecture.PAGE.read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)/` \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE)
    assert {package: set(re.findall(r"`(\w+)`", allowed)) for package, allowed in rows} == MAY_IMPORT
    assert set(re.search(r"leaves +(.*?)  +modules", page)[1].split()) == LEAVES  # type: ignore[index]


def test_files_that_the_architecture_names_exist() -> None:
    page = architecture.PAGE.read_text("utf-8").partition(architecture.HEADING)[0]
    for name in re.findall(r"`((?:\w+/)*\w+\.py)`", page):
        assert list(ROOT.rglob(name) if "/" not in name else [*ROOT.glob(name), *ROOT.glob(f"stance/**/{name}")]), name
