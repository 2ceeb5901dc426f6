"""The model folder: arrays in safetensors, all else in JSON. Opening one cannot run code."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from stance.classifier import Classifier
from stance.errors import ModelError, listed
from stance.features import KINDS, Features, Terms
from stance.folder import write_files
from stance.model import Model
from stance.settings import Settings

FORMAT = 1
ARRAYS, MANIFEST = "model.safetensors", "manifest.json"
LIBRARIES = ("numba", "numpy", "scipy", "scikit-learn")  # those whose version can change an array's bytes
SEPARATOR = "\n"  # no term holds one: the analyzers split texts at white space

Arrays = dict[str, NDArray[Any]]


def default_model() -> Path:
    """Find the model that travels with the package.

    Returns
    -------
    Path
        The copy in an installed package, or `models/default` of a checkout.
    """
    package = Path(__file__).parent
    installed = package / "default_model"
    return installed if installed.is_dir() else package.parent / "models" / "default"


def save_model(
    model: Model, folder: str | Path, facts: Mapping[str, Any], card: Callable[[Mapping[str, Any]], str]
) -> None:
    """Write a model folder; a file gets its name only when it is whole.

    Parameters
    ----------
    model : Model
    folder : str or Path
        Made if it is not there.
    facts : mapping
        Put into the manifest: checksum of the training data, scores.
    card : callable
        Makes the text of `MODEL_CARD.md` of the manifest.

    Raises
    ------
    OptionError
        If the folder cannot be written to.
    """
    arrays = save(_arrays_of(model))
    manifest = _manifest_of(model, arrays, facts)
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    write_files(folder, {ARRAYS: arrays, MANIFEST: text.encode(), "MODEL_CARD.md": card(manifest).encode()})


def load_model(folder: str | Path | None = None) -> Model:
    """Open a model folder.

    Parameters
    ----------
    folder : str or Path, optional
        By default the bundled model.

    Returns
    -------
    Model

    Raises
    ------
    ModelError
        If it is no model folder, of another format, or damaged.
    """
    folder = Path(folder) if folder is not None else default_model()
    manifest = read_manifest(folder)
    try:
        raw = (folder / ARRAYS).read_bytes()
    except OSError as error:
        raise ModelError(f"{folder}: {ARRAYS} cannot be read ({error.strerror}); copy the whole folder again") from None
    if hashlib.sha256(raw).hexdigest() != manifest["arrays_sha256"]:
        raise ModelError(f"{folder}: {ARRAYS} is damaged (its checksum is not the manifest's); copy the folder again")
    try:
        return _model_from(load(raw), manifest)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{folder}: arrays and manifest do not belong together ({error}); train it again") from None


def read_manifest(folder: str | Path | None = None) -> dict[str, Any]:
    """Read what a model folder says of itself.

    Parameters
    ----------
    folder : str or Path, optional
        By default the bundled model.

    Returns
    -------
    dict

    Raises
    ------
    ModelError
        If there is none, or it is of another format.
    """
    folder = Path(folder) if folder is not None else default_model()
    if folder.is_file():
        raise ModelError(
            f"{folder}: a file; a model is a folder with {MANIFEST} and {ARRAYS} (pickled models are not opened)"
        )
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{folder}: no {MANIFEST} there; expected a folder that `stance train` made") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{folder}: {MANIFEST} is damaged ({error}); copy the whole folder again") from None
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if found != FORMAT:
        raise ModelError(f"{folder}: format {found!r}, this version opens format {FORMAT}; train it again")
    needed = {"arrays_sha256": str, "heads": dict, "settings": dict, "data": dict}
    lacking = [name for name, kind in needed.items() if not isinstance(manifest.get(name), kind)]
    if lacking:
        raise ModelError(f"{folder}: {MANIFEST} lacks {listed(lacking)}; copy the whole folder again")
    return dict(manifest)


def library_versions() -> dict[str, str]:
    """Name the versions that training bytes depend on.

    Returns
    -------
    dict of str to str
    """
    return {"python": platform.python_version(), "stance": version("stance")} | {
        name: version(name) for name in LIBRARIES
    }


def _arrays_of(model: Model) -> Arrays:
    arrays: Arrays = {}
    for kind, terms in model.features.terms.items():
        joined = SEPARATOR.join(terms.vocabulary).encode("utf-8", "surrogatepass")
        arrays[f"vocabulary.{kind}"] = np.frombuffer(joined, dtype=np.uint8)
        arrays[f"idf.{kind}"] = terms.idf
    for head, classifier in model.classifiers.items():
        arrays[f"weights.{head}"] = np.ascontiguousarray(classifier.weights)
        arrays[f"bias.{head}"] = classifier.bias
    return arrays


def _manifest_of(model: Model, arrays: bytes, facts: Mapping[str, Any]) -> dict[str, Any]:
    heads = {head: {"labels": list(c.labels), "strength": c.strength} for head, c in model.classifiers.items()}
    return {
        "format": FORMAT,
        "heads": heads,
        "features": {kind: len(terms.vocabulary) for kind, terms in model.features.terms.items()},
        "settings": model.settings.to_dict(),
        "libraries": library_versions(),
        **facts,
        "arrays_sha256": hashlib.sha256(arrays).hexdigest(),
    }


def _model_from(arrays: Arrays, manifest: Mapping[str, Any]) -> Model:
    terms = {kind: _terms_from(arrays, kind) for kind in KINDS}
    features = Features(Settings.from_dict(manifest["settings"]), terms)
    classifiers = {}
    for head, about in manifest["heads"].items():
        weights, bias = arrays[f"weights.{head}"], arrays[f"bias.{head}"]
        labels = tuple(map(str, about["labels"]))
        if weights.shape != (len(labels), len(features)) or bias.shape != (len(labels),):
            raise ValueError(f"shape of the weights of {head}")
        if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
            raise ValueError(f"weights of {head} that are no numbers")
        classifiers[head] = Classifier(labels, weights, bias, float(about["strength"]))
    return Model(features, classifiers)


def _terms_from(arrays: Arrays, kind: str) -> Terms:
    vocabulary = arrays[f"vocabulary.{kind}"].tobytes().decode("utf-8", "surrogatepass").split(SEPARATOR)
    idf = arrays[f"idf.{kind}"]
    if idf.shape != (len(vocabulary),):
        raise ValueError(f"number of {kind} terms")
    return Terms(tuple(vocabulary), idf)
