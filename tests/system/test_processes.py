"""What a run leaves: the same bytes whatever the process, nothing sent anywhere, nothing of a comment in any log."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers import model_folders

# loaded by every Python process that is started with it in its path
NO_NETWORK = """
import logging, sys
logging.basicConfig(level=0, filename={log!r})
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"):
        open({used!r}, "a").write(f"{{event}} {{arguments}}\\n")
        raise OSError("no network")
sys.addaudithook(refuse)
"""
RUN = """
import sys
from stance.cli import main
for command in sys.argv[1].split("\\n"):
    sys.argv = ["stance", *command.split("\\t")]
    try:
        main()
    except SystemExit as stop:
        assert not stop.code, command
"""
SECRET = "zweihundert@example.org"  # in one comment, so that it is no feature
MODEL = {"model.safetensors", "baseline.safetensors", "manifest.json", "scores.json", "MODEL_CARD.md"}


@dataclass(frozen=True)
class Ran:
    folder: Path
    told: list[str]


def offline(folder: Path, number: str = "1") -> dict[str, str]:
    site = folder / "site"
    site.mkdir(exist_ok=True)
    code = NO_NETWORK.format(log=str(folder / "log"), used=str(folder / "used"))
    (site / "sitecustomize.py").write_text(code)
    guard = {"PYTHONPATH": str(site), "PYTHONWARNINGS": "default", "TMPDIR": str(folder)}
    other = {"PYTHONHASHSEED": number, "OMP_NUM_THREADS": number, "OPENBLAS_NUM_THREADS": number, "TZ": f"UTC{number}"}
    return {**os.environ, **guard, **other, "LC_ALL": "C" if number == "1" else "C.UTF-8"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Two trainings at the same time, each in a process of another kind; one goes on to predict and evaluate."""
    folder = tmp_path_factory.mktemp("ran")
    table = model_folders.write_labelled(folder / "labelled.csv")
    with table.open("a", encoding="utf-8") as file:
        file.write(f'"India lies, said {SECRET}",none,against,cross\n')
    more = [["predict", table, "-o", folder / "out.csv"], ["evaluate", table, "--report", folder / "report"]]
    runs = []
    for number in ("1", "2"):
        train = ["train", table, "--out", folder / number, "--heads", "us,india,mood"]
        commands = [train] if number == "2" else [train, *([*each, "--model", folder / number] for each in more)]
        lines = ["\t".join(map(str, [*each, "--jobs", number])) for each in commands]
        runs.append(
            subprocess.Popen(
                [sys.executable, "-c", RUN, "\n".join(lines)], env=offline(folder, number),
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )
        )  # fmt: skip
    told = [run.communicate(timeout=300)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], told
    return Ran(folder, told)


def test_same_training_same_bytes(ran: Ran) -> None:
    one, two = ran.folder / "1", ran.folder / "2"
    assert {path.name for path in one.iterdir()} == {path.name for path in two.iterdir()} == MODEL
    for name in MODEL:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_nothing_is_sent(ran: Ran) -> None:
    assert not (ran.folder / "used").exists()


def test_no_comment_is_logged_or_left_behind(ran: Ran) -> None:
    assert SECRET not in "".join(ran.told)
    told = [path for path in ran.folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    shown = {"labelled.csv", "out.csv", *(f"report/{name}" for name in ("predictions.csv", "report.html", "report.md"))}
    assert {str(path.relative_to(ran.folder)) for path in told} <= shown


def test_the_guard_sees_a_connection(tmp_path: Path) -> None:
    code = "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=offline(tmp_path), capture_output=True, text=True, check=False
    )
    assert (done.returncode, "no network" in done.stderr) == (1, True)
    assert (tmp_path / "used").read_text().startswith("socket.")
