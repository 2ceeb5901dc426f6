"""A model folder from a stranger: one clear error or the same model; no code run, no memory filled, no waiting."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stance.errors import ModelError
from stance.model import persistence
from stance.model.held_out import SCORES, read_held_out_labels
from stance.model.tensors import read_json
from tests.conftest import Cli, write_csv
from tests.helpers import model_folders
from tests.helpers.model_folders import (
    ARRAYS,
    BASELINE,
    HOSTILE,
    MANIFEST,
    outcome,
    seal,
    write_hostile,
    write_small_model,
)

FLIPS = int(os.environ.get("STANCE_FLIPS", "300"))  # `make fuzz` tries more
MEMORY = 200 << 20  # bytes beyond what the program takes by itself
ROOT = Path(__file__).parents[2]
# opens each folder with little memory, and tells of every event by which Python could run code or leave the machine
OPENING = """
import gc, json, resource, sys
from stance.errors import ModelError
from stance.model.held_out import SCORES, read_held_out_labels
from stance.model.persistence import load_model, open_folder
good, limit, *folders = sys.argv[1:]
model = load_model(good)
open_folder(good).baseline()
model.proba(["so"])
events, found = [], {}
WATCHED = ("exec", "os.", "subprocess.", "pickle.", "marshal.", "ctypes.", "socket.", "shutil.", "tempfile.")
HARMLESS = ("os.listdir", "os.scandir")
sys.addaudithook(lambda event, _: events.append(event) if event.startswith(WATCHED) and event not in HARMLESS else None)
gc.collect()
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + int(limit), size + int(limit)))
for folder in folders:
    try:
        open_folder(folder).baseline()
        found[folder] = "opened"
    except ModelError as error:
        found[folder] = f"ModelError: {error}"
    except BaseException as error:
        found[folder] = repr(error)
print(json.dumps([found, sorted({*events})]))
"""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_model(tmp_path_factory.mktemp("good") / "model")


@pytest.fixture
def copy(good: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(good, tmp_path / "copy"))


@pytest.fixture(scope="module")
def opened(good: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], list[str], Path]:
    """What opening each hostile folder came to, the events meanwhile, and the working folder."""
    place = tmp_path_factory.mktemp("hostile")
    folders = write_hostile(good, place)
    (place / "work").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", OPENING, str(good), str(MEMORY), *map(str, folders.values())],
        cwd=place / "work", env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found, events = json.loads(done.stdout)
    return {name: found[str(folder)] for name, folder in folders.items()}, events, place / "work"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_folder_is_one_clear_error(name: str, opened: tuple[dict[str, str], list[str], Path]) -> None:
    told = opened[0][name]
    assert told.startswith("ModelError: ")
    assert re.search(HOSTILE[name][1], told)
    assert told.count("\n") == 0
    assert len(told) < 2500
    assert told.isprintable()


def test_no_hostile_folder_runs_code(opened: tuple[dict[str, str], list[str], Path]) -> None:
    _, events, work = opened
    assert events == []
    assert list(work.iterdir()) == []


def test_the_good_folder_is_opened(good: Path) -> None:
    assert outcome(good) == "same"


def test_a_folder_may_be_a_link(good: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(good)
    assert outcome(tmp_path / "link") == "same"


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "x" * 300, "a\0b", "pipe", "loop"])
def test_what_is_no_folder(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    os.symlink("loop", "loop")
    with pytest.raises(ModelError, match=r"a model is a folder|manifest\.json is damaged"):
        persistence.load_model(path)


@pytest.mark.parametrize("name", ["manifest is a pipe", "arrays are a pickle, sealed", "format as a long text"])
def test_the_command_says_so_in_one_line(name: str, copy: Path, tmp_path: Path, cli: Cli) -> None:
    HOSTILE[name][0](copy)
    table = write_csv(tmp_path / "a.csv", ("text",), [("so it goes",)])
    for arguments in (
        ("predict", table, "-o", tmp_path / "out.csv"),
        ("evaluate", table, "--report", tmp_path / "report"),
        ("export", tmp_path / "out.joblib"),
    ):
        code, output, errors = cli(*arguments, "--model", copy)
        assert (code, output, errors.count("\n")) == (2, "", 1)
        assert errors.startswith(f"stance: {copy}: ")
    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", "copy"}


def test_counts_of_the_training_data_are_checked(copy: Path, tmp_path: Path, cli: Cli) -> None:
    table = model_folders.write_labelled(tmp_path / "a.csv")
    nothing = dict[str, int]()
    for data in (nothing, {"labels": nothing}, {"labels": {"us": 1}}, {"labels": {"us": nothing, "india": nothing}}):
        model_folders.told(data=data)(copy)
        code, _, errors = cli("evaluate", table, "--model", copy, "--report", tmp_path / "report")
        assert (code, errors.count("\n")) == (2, 1), errors
        assert "do not belong together" in errors


def test_any_flipped_bit_is_noticed(copy: Path) -> None:
    rng = np.random.default_rng(0)
    whole = {name: (copy / name).read_bytes() for name in (ARRAYS, BASELINE, MANIFEST)}
    meant = read_json(whole[MANIFEST])
    for _ in range(FLIPS):
        name = [ARRAYS, BASELINE, MANIFEST][rng.choice(3, p=[0.6, 0.1, 0.3])]
        place, bit = int(rng.integers(len(whole[name]))), int(rng.integers(8))
        broken = bytearray(whole[name])
        broken[place] ^= 1 << bit
        (copy / name).write_bytes(broken)
        told = outcome(copy)
        if told in ("same", "other"):  # another way to write the same, such as 1E-06 for 1e-06
            assert name == MANIFEST and read_json(broken) == meant, (name, place, bit)
            assert told == "same"
        (copy / name).write_bytes(whole[name])


@pytest.mark.parametrize("number", [2, 3])
def test_the_checksum_of_the_manifest_cannot_be_lost(number: int, copy: Path) -> None:
    model_folders.told(format=number)(copy)
    seal(copy)
    whole = (copy / MANIFEST).read_bytes()
    begin = whole.index(b'"manifest_sha256"')
    for place in range(begin, begin + len(b'"manifest_sha256": ')):
        for bit in range(8):
            broken = bytearray(whole)
            broken[place] ^= 1 << bit
            (copy / MANIFEST).write_bytes(broken)
            told = outcome(copy)  # a blank may become another one, which JSON takes for the same
            assert re.search(r"manifest\.json is damaged", told) or read_json(broken) == read_json(whole), (place, bit)


def test_the_checksum_of_the_manifest_cannot_be_deleted(copy: Path) -> None:
    manifest = read_json((copy / MANIFEST).read_bytes())
    for name in list(manifest):
        rest = {key: value for key, value in manifest.items() if key != name}
        (copy / MANIFEST).write_text(json.dumps(rest))
        assert re.search("is damaged|lacks|format None", outcome(copy)), name


def test_bits_flipped_behind_the_checksum(copy: Path) -> None:
    rng = np.random.default_rng(1)
    whole = {name: (copy / name).read_bytes() for name in (ARRAYS, BASELINE, MANIFEST)}
    for _ in range(FLIPS // 5):
        name = [ARRAYS, BASELINE][int(rng.integers(2))]
        broken = bytearray(whole[name])
        header = int(rng.integers(2)) * (8 + int.from_bytes(broken[:8], "little"))  # or anywhere
        broken[int(rng.integers(header or len(broken)))] ^= 1 << int(rng.integers(8))
        (copy / name).write_bytes(broken)
        seal(copy, name)
        assert outcome(copy)
        for each, content in whole.items():
            (copy / each).write_bytes(content)


def test_words_of_the_manifest_replaced(copy: Path) -> None:
    rng, whole = np.random.default_rng(2), (copy / MANIFEST).read_text("utf-8")
    values = ["null", "-1", "1e999", "[]", "{}", '""', "true", '"\\u0000"', "[[1]]", '{"a": {}}', "0.5", "9" * 400]
    spots = [found.span() for found in re.finditer(r'(?<=: )("[^"]*"|[-\d.e+]+|true|false)|"[^"]*"(?=[,\n])', whole)]
    for number in rng.choice(len(spots), FLIPS // 5).tolist():
        begin, end = spots[number]
        changed = whole[:begin] + values[int(rng.integers(len(values)))] + whole[end:]
        (copy / MANIFEST).write_text(changed, "utf-8")
        if '"manifest_sha256"' in changed and isinstance(json.loads(changed), dict):
            seal(copy)
        assert outcome(copy)


@pytest.mark.parametrize("name", [ARRAYS, BASELINE, MANIFEST])
@pytest.mark.parametrize("sealed", [False, True])
def test_cut_off_or_too_long(name: str, sealed: bool, copy: Path) -> None:
    whole = (copy / name).read_bytes()
    end = 8 + int.from_bytes(whole[:8], "little") if name != MANIFEST else 100
    cuts = [0, 1, 7, 8, 9, end // 2, end - 1, end, end + 1, len(whole) // 2, len(whole) - 8, len(whole) - 2]
    for content in (*(whole[:cut] for cut in cuts), whole + b"\0", whole + b"}", whole + whole):
        (copy / name).write_bytes(content)
        if sealed and name != MANIFEST:
            seal(copy, name)
        assert re.search("damaged|do not belong together", outcome(copy)), len(content)


def scores(**about: object) -> bytes:
    return json.dumps({"sha256": "0", "held_out": {"us": about}}).encode()


@pytest.mark.parametrize(
    "change",
    [
        model_folders.raw(SCORES, b"["),
        model_folders.raw(SCORES, b"[" * 100_000),
        model_folders.raw(SCORES, b"9" * 100_000),
        model_folders.raw(SCORES, b'{"sha256": "0", "sha256": "0"}'),
        model_folders.raw(SCORES, scores(labels=["a"], codes="1")),
        model_folders.raw(SCORES, scores(labels=["a"] * 100, codes="0")),
        model_folders.raw(SCORES, scores(labels=1, codes="0")),
        model_folders.sparse(SCORES, 100 << 30),
        model_folders.instead(SCORES, os.mkfifo),
        model_folders.instead(SCORES, lambda path: path.symlink_to("/dev/zero")),
        model_folders.moved(SCORES),
    ],
)
def test_scores_of_a_stranger(change: model_folders.Change, copy: Path) -> None:
    (copy / SCORES).write_bytes(scores(labels=["a", "b"], codes="01-"))
    assert read_held_out_labels(copy, "0") == {"us": ["a", "b", None]}
    change(copy)
    with pytest.raises(ModelError, match=r"scores\.json is damaged"):
        read_held_out_labels(copy, "0")
