"""The model folder: arrays in safetensors, all else in JSON. Opening one cannot run code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from safetensors.numpy import save

from stance.atomic import write_files
from stance.errors import ModelError
from stance.features.lexicon import Lexicon
from stance.model.arrays import (
    NamedArrays,
    Shapes,
    build_baseline,
    build_model,
    check_baseline_shapes,
    check_model_shapes,
    classifier_arrays,
    model_arrays,
    model_facts,
)
from stance.model.classifier import Classifier
from stance.model.manifest import (
    ARRAYS,
    BASELINE,
    FORMAT,
    MANIFEST,
    MAX_ARRAYS_BYTES,
    consistent,
    library_versions,
    model_path,
    read_manifest,
    sealed,
    training_label_counts,
)
from stance.model.model import Model
from stance.model.tensors import read_arrays, read_shapes
from stance.regular_files import read_file

MAX_READ_AT_ONCE = 1 << 24  # bytes; of a larger file checksum and shapes are checked before it is taken into memory
CheckShapes = Callable[[Shapes], None]


@dataclass(frozen=True)
class ModelFolder:
    """A model, with what its folder says of it.

    Parameters
    ----------
    path : str or Path or None
        None for the bundled model.
    manifest : dict
        Checked against its own checksum.
    model : Model
    """

    path: str | Path | None
    manifest: dict[str, Any]
    model: Model

    @property
    def sha256(self) -> str:
        """Checksum of the arrays, by which a model is known."""
        return str(self.manifest["arrays_sha256"])

    @property
    def training_sha256(self) -> str:
        """Checksum of the table that the model was trained on."""
        return str(self.manifest["data"]["sha256"])

    def label_counts(self) -> dict[str, dict[str, int]]:
        """Return the rows of each label of each head in the training table; ModelError if the manifest does not say."""
        with consistent(self.path):
            return training_label_counts(self.manifest)

    def baseline(self) -> dict[str, Classifier]:
        """Load the plain TF-IDF classifiers of the same training table, one a head; none without such a file."""
        checksum = self.manifest.get("baseline_sha256")
        if checksum is None:
            return {}
        with consistent(self.path):
            terms = self.model.features.terms["word"]
            check = partial(check_baseline_shapes, manifest=self.manifest, n_terms=len(terms.vocabulary))
            return build_baseline(_read_arrays(self.path, BASELINE, checksum, check), self.manifest, terms)

    def with_lexicon(self, lexicon: Lexicon) -> ModelFolder:
        """Return the same with other aliases."""
        return replace(self, model=self.model.with_lexicon(lexicon))


def save_model(
    model: Model,
    folder: str | Path,
    facts: Mapping[str, Any],
    card: Callable[[Mapping[str, Any]], str],
    baseline: Mapping[str, Classifier] | None = None,
    files: Mapping[str, bytes] | None = None,
) -> None:
    """Write a model folder; a file gets its name only when it is whole.

    `facts` go into the manifest, `card` turns the manifest into `MODEL_CARD.md`, `files` are written beside. Raises
    OptionError if the folder cannot be written to.
    """
    contents = {ARRAYS: save(model_arrays(model)), **(files or {})}
    manifest = {
        "format": FORMAT,
        **model_facts(model),
        "libraries": library_versions(),
        **facts,
        "arrays_sha256": _sha256(contents[ARRAYS]),
    }
    if baseline is not None:
        contents[BASELINE] = save(classifier_arrays(baseline))
        manifest["baseline_sha256"] = _sha256(contents[BASELINE])
    manifest = sealed(manifest)
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    write_files(folder, {**contents, MANIFEST: text.encode(), "MODEL_CARD.md": card(manifest).encode()})


def open_folder(folder: str | Path | None = None) -> ModelFolder:
    """Open a model folder, by default that of the bundled model.

    Raises ModelError if it is no model folder, of another format, or damaged.
    """
    manifest = read_manifest(folder)
    with consistent(folder):
        check = partial(check_model_shapes, manifest=manifest)
        arrays = _read_arrays(folder, ARRAYS, manifest["arrays_sha256"], check)
        return ModelFolder(folder, manifest, build_model(arrays, manifest))


def load_model(folder: str | Path | None = None) -> Model:
    """Open the model of a folder, by default the bundled one; raises as `open_folder` does."""
    return open_folder(folder).model


def _read_arrays(folder: str | Path | None, name: str, checksum: str, check: CheckShapes) -> NamedArrays:
    path, is_bundled = model_path(folder), folder is None  # an installer may have made links to the bundled one
    damage = ModelError(f"{path}: {name} is damaged (its checksum is not the manifest's); copy the folder again")
    try:
        if MAX_READ_AT_ONCE < (path / name).lstat().st_size <= MAX_ARRAYS_BYTES:
            with open(path / name, "rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != checksum:
                    raise damage
                file.seek(0)
                check(read_shapes(file))
        raw = read_file(path / name, MAX_ARRAYS_BYTES, is_bundled)
    except OSError as error:
        raise ModelError(f"{path}: {name} cannot be read ({error.strerror}); copy the whole folder again") from None
    if _sha256(raw) != checksum:
        raise damage
    return read_arrays(raw)


def _sha256(raw: bytes | bytearray) -> str:
    return hashlib.sha256(raw).hexdigest()
