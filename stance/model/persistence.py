"""The model folder: arrays in safetensors, all else in JSON. Opening one cannot run code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from stance.atomic import write_files
from stance.errors import ModelError
from stance.features.kernels.contexts import NUMBERS
from stance.features.lexicon import Lexicon, read_aliases, refuse_unknown
from stance.features.tfidf import KINDS, Features, Terms
from stance.model.attitude_model import Attitudes
from stance.model.classifier import COLDEST, HOTTEST, Classifier
from stance.model.manifest import (
    ARRAYS,
    FORMAT,
    LARGEST,
    MANIFEST,
    OWN_CHECKSUM,
    PLAIN,
    _checksum_of,
    _path,
    _whole,
    library_versions,
    read_manifest,
)
from stance.model.model import Model
from stance.model.predictions import doubled_columns
from stance.model.stacked_features import signal_names
from stance.model.tensors import read_arrays, read_file
from stance.settings import Settings
from stance.strings import listed

AT_ONCE = 1 << 26  # bytes; a larger file is read once for its checksum before it is taken into memory
LARGEST_NUMBER = 1e6  # of a model: the numbers of float16 end below, and their sums stay far within those of float32
ROUNDING = 1e-6
SEPARATOR = "\n"  # no term holds one: the analyzers split texts at white space
Arrays = dict[str, NDArray[Any]]


def save_model(
    model: Model,
    folder: str | Path,
    facts: Mapping[str, Any],
    card: Callable[[Mapping[str, Any]], str],
    plain: Mapping[str, Classifier] | None = None,
    beside: Mapping[str, bytes] | None = None,
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
    plain : mapping of str to Classifier, optional
        What the model is compared with: for each head a classifier of words alone.
    beside : mapping of str to bytes, optional
        More files by name, which opening the model does not need.

    Raises
    ------
    OptionError
        If the folder cannot be written to.
    """
    arrays, files = save(_arrays_of(model)), dict(beside or {})
    manifest = _manifest_of(model, arrays, facts)
    if plain is not None:
        files[PLAIN] = save(_arrays_of_heads(plain))
        manifest["plain_sha256"] = hashlib.sha256(files[PLAIN]).hexdigest()
    manifest[OWN_CHECKSUM] = _checksum_of(manifest)
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    write_files(folder, {ARRAYS: arrays, **files, MANIFEST: text.encode(), "MODEL_CARD.md": card(manifest).encode()})


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
    manifest = read_manifest(folder)
    with _whole(folder):
        return _model_from(_arrays(folder, ARRAYS, manifest["arrays_sha256"]), manifest)


def load_plain(folder: str | Path | None, terms: Terms) -> dict[str, Classifier] | None:
    """Open what a model is compared with.

    Parameters
    ----------
    folder : str or Path, optional
        By default the bundled model's.
    terms : Terms
        The model's words.

    Returns
    -------
    dict of str to Classifier or None
        None where the folder has no such file.

    Raises
    ------
    ModelError
        If it is damaged.
    """
    manifest = read_manifest(folder)
    if "plain_sha256" not in manifest:
        return None
    with _whole(folder):
        arrays, found = _arrays(folder, PLAIN, manifest["plain_sha256"]), {}
        for head, about in manifest["heads"].items():
            labels = tuple(map(str, about["labels"]))
            weights = _matrix(arrays, f"weights.{head}", (len(labels), len(terms.vocabulary)))
            found[head] = Classifier(labels, weights, _matrix(arrays, f"bias.{head}", (len(labels),)), 1.0)
        return found


def _arrays(folder: str | Path | None, name: str, checksum: str) -> Arrays:
    path, is_bundled = _path(folder), folder is None  # an installer may have made links to the bundled one
    damage = ModelError(f"{path}: {name} is damaged (its checksum is not the manifest's); copy the folder again")
    try:
        if AT_ONCE < (path / name).lstat().st_size <= LARGEST:
            with open(path / name, "rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != checksum:
                    raise damage
        raw = read_file(path / name, LARGEST, is_bundled)
    except OSError as error:
        raise ModelError(f"{path}: {name} cannot be read ({error.strerror}); copy the whole folder again") from None
    if hashlib.sha256(raw).hexdigest() != checksum:
        raise damage
    return read_arrays(raw)


def _arrays_of(model: Model) -> Arrays:
    arrays: Arrays = {}
    for kind, terms in model.features.terms.items():
        arrays[f"vocabulary.{kind}"] = _bytes(SEPARATOR.join(terms.vocabulary))
        arrays[f"idf.{kind}"] = terms.idf
    return (
        arrays
        | _arrays_of_heads(model.classifiers)
        | ({} if model.attitudes is None else _arrays_of_attitudes(model.attitudes))
    )


def _arrays_of_heads(classifiers: Mapping[str, Classifier]) -> Arrays:
    arrays: Arrays = {}
    for head, classifier in classifiers.items():
        arrays[f"weights.{head}"] = np.ascontiguousarray(classifier.weights.astype(np.float16))
        arrays[f"bias.{head}"] = classifier.bias
        if classifier.signal_weights is not None:
            arrays[f"signals.{head}"] = np.ascontiguousarray(classifier.signal_weights)
    return arrays


def _arrays_of_attitudes(attitudes: Attitudes) -> Arrays:
    tones = "".join(f"{word}{SEPARATOR}{tone:g}{SEPARATOR}" for word, tone in attitudes.lexicon.tones.items())
    return {
        "attitudes.names": _bytes(SEPARATOR.join(attitudes.names)),
        "attitudes.hashes": attitudes.hashes,
        "attitudes.idf": attitudes.idf,
        "attitudes.weights": np.ascontiguousarray(attitudes.weights.astype(np.float16)),
        "attitudes.numbers": np.ascontiguousarray(attitudes.numbers),
        "attitudes.bias": attitudes.bias,
        "attitudes.unnamed": attitudes.unnamed,
        "lexicon.aliases": _bytes(attitudes.lexicon.to_csv()),
        "lexicon.tones": _bytes(tones),
    }


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _manifest_of(model: Model, arrays: bytes, facts: Mapping[str, Any]) -> dict[str, Any]:
    heads = {
        head: {
            "labels": list(c.labels),
            "strength": c.strength,
            "temperature": c.temperature,
            "hears_tone": c.hears_tone,
        }
        for head, c in model.classifiers.items()
    }
    attitudes = model.attitudes and {
        "targets": list(model.attitudes.targets),
        "labels": list(model.attitudes.labels),
        "strength": model.attitudes.strength,
        "temperature": model.attitudes.temperature,
    }
    features = {kind: len(terms.vocabulary) for kind, terms in model.features.terms.items()}
    return {
        "format": FORMAT,
        "heads": heads,
        "attitudes": attitudes,
        "features": features | ({"attitudes": len(model.attitudes.names)} if model.attitudes else {}),
        "settings": model.settings.to_dict(),
        "libraries": library_versions(),
        **facts,
        "arrays_sha256": hashlib.sha256(arrays).hexdigest(),
    }


def _model_from(arrays: Arrays, manifest: Mapping[str, Any]) -> Model:
    heads = manifest["heads"]
    if twice := doubled_columns(heads):
        raise ValueError(f"heads that would give two columns {listed(twice)}")
    terms = {kind: _terms_from(arrays, kind) for kind in KINDS}
    features = Features(Settings.from_dict(manifest["settings"]), terms)
    attitudes = _attitudes_from(arrays, manifest["attitudes"]) if manifest.get("attitudes") else None
    if attitudes is not None and not set(attitudes.targets) <= set(heads):
        raise ValueError("targets that are no heads")
    classifiers = {
        head: _classifier_from(arrays, head, about, len(features), attitudes) for head, about in heads.items()
    }
    if arrays:
        raise ValueError(f"arrays that nothing needs: {listed(sorted(arrays))}")
    return Model(features, classifiers, attitudes)


def _classifier_from(
    arrays: Arrays, head: str, about: Mapping[str, Any], width: int, attitudes: Attitudes | None
) -> Classifier:
    labels = _names(about, "labels")
    weights = _matrix(arrays, f"weights.{head}", (len(labels), width))
    bias = _matrix(arrays, f"bias.{head}", (len(labels),))
    hears, signals = bool(about["hears_tone"]), None
    if attitudes is not None:
        if head in attitudes.targets and labels != attitudes.labels:
            raise ValueError(f"labels of {head}")
        names = signal_names(head, attitudes.targets, attitudes.labels, hears)
        signals = _matrix(arrays, f"signals.{head}", (len(labels), len(names)))
    return Classifier(labels, weights, bias, float(about["strength"]), signals, hears, _temperature(about))


def _attitudes_from(arrays: Arrays, about: Mapping[str, Any]) -> Attitudes:
    labels, targets = _names(about, "labels"), _names(about, "targets", least=0)
    joined = _text(arrays, "attitudes.names")
    names = tuple(joined.split(SEPARATOR)) if joined else ()
    hashes = _array(arrays, "attitudes.hashes", (len(names),), np.uint64).copy()
    if not np.diff(np.sort(hashes)).all():
        raise ValueError("two features of attitudes share a hash")
    return Attitudes(
        _lexicon_from(arrays, targets),
        targets,
        labels,
        names,
        hashes,
        _matrix(arrays, "attitudes.idf", (len(names),)),
        _matrix(arrays, "attitudes.weights", (len(labels), len(names))),
        _matrix(arrays, "attitudes.numbers", (len(labels), len(NUMBERS))),
        _matrix(arrays, "attitudes.bias", (len(labels),)),
        float(about["strength"]),
        _shares(arrays, "attitudes.unnamed", len(labels)),
        _temperature(about),
    )


def _lexicon_from(arrays: Arrays, targets: Sequence[str]) -> Lexicon:
    words = _text(arrays, "lexicon.tones").split(SEPARATOR)
    tones = {word: float(tone) for word, tone in zip(words[0:-1:2], words[1::2], strict=True)}
    if not all(abs(tone) <= LARGEST_NUMBER for tone in tones.values()):
        raise ValueError("lexicon.tones that are no numbers")
    lexicon = Lexicon(tuple(read_aliases(_text(arrays, "lexicon.aliases"), "the model's lexicon")), tones)
    refuse_unknown(targets, lexicon.targets)
    if not lexicon.aliases:
        raise ValueError("lexicon.aliases without an alias")
    return lexicon


def _names(about: Mapping[str, Any], what: str, least: int = 1) -> tuple[str, ...]:
    names = tuple(map(str, about[what]))
    if len(names) < least or len(set(names)) < len(names):
        raise ValueError(f"{what} {listed(names)}")
    return names


def _temperature(about: Mapping[str, Any]) -> float:
    heat = float(about["temperature"])
    if not COLDEST <= heat <= HOTTEST:
        raise ValueError(f"temperature {heat}, expected {COLDEST} to {HOTTEST}")
    return heat


def _shares(arrays: Arrays, name: str, size: int) -> NDArray[np.float32]:
    found = _matrix(arrays, name, (size,))
    if found.min() < 0 or abs(found.sum(dtype=np.float64) - 1) > ROUNDING:
        raise ValueError(f"{name} that do not add up to 1")
    return found


def _matrix(arrays: Arrays, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    found = _array(arrays, name, shape, np.float16, np.float32).astype(np.float32)
    if found.size and not -LARGEST_NUMBER <= found.min() <= found.max() <= LARGEST_NUMBER:
        raise ValueError(f"{name} that are no numbers, or too large")
    return found


def _array(arrays: Arrays, name: str, shape: tuple[int, ...] | None, *kinds: type[np.generic]) -> NDArray[Any]:
    """Take an array away from those that have not yet been used."""
    found = arrays.pop(name)
    if found.dtype not in kinds:
        raise ValueError(f"kind of {name}")
    if found.shape != (shape or (found.size,)):
        raise ValueError(f"shape of {name}")
    return found


def _text(arrays: Arrays, name: str) -> str:
    return _array(arrays, name, None, np.uint8).tobytes().decode("utf-8", "surrogatepass")


def _terms_from(arrays: Arrays, kind: str) -> Terms:
    joined = _text(arrays, f"vocabulary.{kind}")
    size = joined.count(SEPARATOR) + 1
    if arrays[f"idf.{kind}"].shape != (size,):  # before a string is made of each
        raise ValueError(f"number of {kind} terms")
    vocabulary = tuple(joined.split(SEPARATOR))
    if len(set(vocabulary)) < size:
        raise ValueError(f"{kind} terms that stand twice")
    return Terms(vocabulary, _matrix(arrays, f"idf.{kind}", (size,)))
