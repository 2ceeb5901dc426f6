"""A model folder is data: the same bytes for the same training, refused when it is not whole, never run."""

from __future__ import annotations

import ast
import hashlib
import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save

import stance
from stance.errors import ModelError, OptionError
from stance.model import persistence
from stance.settings import Settings
from stance.training.stacking import fit
from stance.workflow import train
from tests.conftest import HEADER, ROWS, write_csv
from tests.helpers import model_folders

PACKAGE = Path(__file__).parents[2] / "stance"
FILES = {"model.safetensors", "baseline.safetensors", "manifest.json", "scores.json", "MODEL_CARD.md"}


@pytest.fixture
def copy(model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_folder, tmp_path / "copy"))


def change_manifest(folder: Path, **changes: Any) -> None:
    manifest = json.loads((folder / "manifest.json").read_text()) | changes
    (folder / "manifest.json").write_text(json.dumps(manifest))
    model_folders.seal(folder)


def change_arrays(folder: Path, **changes: np.ndarray[Any, Any]) -> None:
    raw = save({**load_file(folder / "model.safetensors"), **changes})
    (folder / "model.safetensors").write_bytes(raw)
    change_manifest(folder, arrays_sha256=hashlib.sha256(raw).hexdigest())


def test_loaded_model_says_what_the_trained_one_said(tmp_path: Path) -> None:
    model = fit(
        ["half \ud83d pair", "they lie", "good they"],
        {"m": ["a", "b", "a"]},
        {"m": 1.0},
        stance.settings.Settings(min_df=1),
    )
    persistence.save_model(model, tmp_path, {"data": {}}, lambda facts: "card")
    texts = ["they lie \ud83d", "good"]
    again = stance.load(tmp_path)
    assert again.features.terms["word"].vocabulary == model.features.terms["word"].vocabulary
    np.testing.assert_allclose(again.proba(texts).proba["m"], model.proba(texts).proba["m"], atol=1e-7)


def test_a_model_in_which_one_head_uses_tone_and_another_does_not_is_opened(tmp_path: Path) -> None:
    texts, labels = [row[2] for row in ROWS], {"mood": [row[3] for row in ROWS], "port": [row[4] for row in ROWS]}
    model = fit(texts, labels, {"mood": 1.0, "port": 1.0}, Settings(min_df=1), tone_heads=["port"])
    facts = {"data": {"sha256": "", "labels": {}}}
    persistence.save_model(model, tmp_path / "m", facts, lambda manifest: "")
    loaded = persistence.load_model(tmp_path / "m")
    for head, proba in model.proba(texts).proba.items():
        np.testing.assert_allclose(loaded.proba(texts).proba[head], proba, atol=2e-3)


def test_manifest_says_what_the_issue_of_a_model_needs(model_folder: Path) -> None:
    manifest = json.loads((model_folder / "manifest.json").read_text())
    table = model_folder.parent / "labelled.csv"
    assert {file.name for file in model_folder.iterdir()} == FILES
    assert manifest["format"] == 3
    assert manifest["heads"]["mood"]["labels"] == ["bad", "good"]
    assert manifest["settings"]["word_ngrams"] == [1, 2]
    assert set(manifest["libraries"]) == {"python", "stance", "numba", "numpy", "scipy", "scikit-learn"}
    assert manifest["data"]["sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert manifest["data"]["labels"]["port"] == {"no": 5, "yes": 6}
    assert manifest["cross_validation"]["mood"]["n"] == 12
    assert manifest["arrays_sha256"] == hashlib.sha256((model_folder / "model.safetensors").read_bytes()).hexdigest()


def test_model_card_is_made_from_the_manifest(model_folder: Path) -> None:
    manifest = json.loads((model_folder / "manifest.json").read_text())
    card = (model_folder / "MODEL_CARD.md").read_text()
    for heading in ("Intended use", "Limits", "Training data", "Scores"):
        assert f"## {heading}" in card
    assert manifest["data"]["sha256"] in card
    assert f"| mood | {manifest['cross_validation']['mood']['macro_f1']:.3f} |" in card


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no manifest\.json there; expected a folder that `stance train` made"):
        stance.load(tmp_path / "none")


def test_pickle_is_not_opened(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return (Path.touch, (tmp_path / "sprung",))  # type: ignore[return-value]

    path = tmp_path / "model.joblib"
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ModelError, match="pickled models are not opened"):
        stance.load(path)
    assert not (tmp_path / "sprung").exists()


def test_arrays_replaced_by_a_pickle(copy: Path) -> None:
    raw = pickle.dumps({"weights.mood": 1})
    (copy / "model.safetensors").write_bytes(raw)
    with pytest.raises(ModelError, match="is damaged"):
        stance.load(copy)
    change_manifest(copy, arrays_sha256=hashlib.sha256(raw).hexdigest())
    with pytest.raises(ModelError, match="do not belong together"):
        stance.load(copy)


@pytest.mark.parametrize("where", [0, 8, 100, -1])
def test_one_bit_flipped(where: int, copy: Path) -> None:
    raw = bytearray((copy / "model.safetensors").read_bytes())
    raw[where] ^= 1
    (copy / "model.safetensors").write_bytes(raw)
    with pytest.raises(ModelError, match="is damaged"):
        stance.load(copy)


def test_arrays_missing(copy: Path) -> None:
    (copy / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"model\.safetensors cannot be read"):
        stance.load(copy)


def test_format_is_checked_first(copy: Path) -> None:
    change_manifest(copy, format=4)
    (copy / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="format 4, this version opens formats 2 and 3; train it again"):
        stance.load(copy)


def renamed(values: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in values.items()}


def test_a_folder_of_format_2_is_still_opened(copy: Path) -> None:
    old = {"C": "strength", "uses_tone": "hears_tone", "baseline_sha256": "plain_sha256"}
    old_settings = {"Cs": "strengths", "attitude_C": "attitude_strength", "target_C": "target_strength"}
    manifest = renamed(json.loads((copy / "manifest.json").read_text()), old)
    del manifest["manifest_sha256"]
    manifest["format"] = 2
    manifest["heads"] = {head: renamed(about, old) for head, about in manifest["heads"].items()}
    manifest["settings"] = renamed(manifest["settings"], old_settings | {"min_gain_for_tone": "worth_hearing"})
    expected = persistence.open_folder(copy)
    (copy / "manifest.json").write_text(json.dumps(manifest))
    found = persistence.open_folder(copy)
    assert found.model.settings == expected.model.settings
    assert {head: each.C for head, each in found.model.classifiers.items()} == {
        head: each.C for head, each in expected.model.classifiers.items()
    }
    assert list(found.baseline()) == list(expected.baseline()) == ["mood", "port"]
    texts = ["good work", "they lie"]
    for head, proba in expected.model.proba(texts).proba.items():
        np.testing.assert_array_equal(found.model.proba(texts).proba[head], proba)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 2}', "[" * 100_000])
def test_broken_manifest(text: str, copy: Path) -> None:
    (copy / "manifest.json").write_text(text)
    with pytest.raises(ModelError, match=r"manifest\.json is damaged|lacks arrays_sha256|format None"):
        stance.load(copy)


def test_wrong_settings(copy: Path) -> None:
    change_manifest(copy, settings={"seed": 0})
    with pytest.raises(ModelError, match="settings have the wrong names"):
        stance.load(copy)


def test_wrong_shape(copy: Path) -> None:
    change_arrays(copy, **{"weights.mood": np.zeros((2, 3), dtype=np.float32)})
    with pytest.raises(ModelError, match=r"shape of weights\.mood"):
        stance.load(copy)


def test_weights_that_are_no_numbers(copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")["weights.mood"]
    change_arrays(copy, **{"weights.mood": np.full_like(weights, np.nan)})
    with pytest.raises(ModelError, match=r"weights\.mood: expected numbers from -1,000,000 to 1,000,000"):
        stance.load(copy)


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    table = write_csv(tmp_path / "labelled.csv", HEADER, list(ROWS))
    with pytest.raises(OptionError, match="cannot be written"):
        train.train(str(table), str(tmp_path / "file" / "model"))


def test_nothing_in_the_package_can_run_a_model() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
                assert not names & {"pickle", "dill", "cloudpickle", "marshal", "shelve"}, path
            if isinstance(node, ast.Attribute):
                assert not (node.attr == "load" and getattr(node.value, "id", "") in {"joblib", "np", "numpy"}), path
            if isinstance(node, ast.Name):
                assert node.id not in {"eval", "exec"}, path


@pytest.mark.parametrize(
    "change",
    [
        {"word_ngrams": [18, 2]},
        {"char_ngrams": [0, 0]},
        {"char_ngrams": [2, 10**9]},
        {"min_df": "3"},
        {"Cs": []},
    ],
)
def test_settings_that_were_tampered_with(change: dict[str, Any], copy: Path) -> None:
    settings = json.loads((copy / "manifest.json").read_text())["settings"]
    change_manifest(copy, settings={**settings, **change})
    with pytest.raises(ModelError, match=f"do not belong together .*{next(iter(change))}"):
        stance.load(copy)


def test_opening_needs_no_compiled_loop() -> None:
    code = """
import numba.core.dispatcher as numba, stance.model.persistence
def refuse(*_): raise SystemExit("compiled")
numba.Dispatcher._compile_for_args = refuse
model = stance.load()
print(len(model.features), *model.labels)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[1:] == list(stance.load().labels)
