"""The model folder: arrays in safetensors, all else in JSON. Opening one cannot run code."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from stance.attitudes import Attitudes
from stance.classifier import Classifier
from stance.errors import ModelError, OptionError, listed
from stance.features import KINDS, Features, Terms
from stance.folder import write_files
from stance.lexicon import Lexicon, read_aliases, refuse_unknown
from stance.model import Model
from stance.settings import Settings
from stance.signals import signal_names
from stance.toward import NUMBERS

FORMAT = 2
ARRAYS, MANIFEST, PLAIN = "model.safetensors", "manifest.json", "baseline.safetensors"
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
    folder = Path(folder) if folder is not None else default_model()
    manifest = read_manifest(folder)
    with _whole(folder):
        return _model_from(load(_checked(folder, ARRAYS, manifest["arrays_sha256"])), manifest)


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
    folder = Path(folder) if folder is not None else default_model()
    manifest = read_manifest(folder)
    if "plain_sha256" not in manifest:
        return None
    with _whole(folder):
        arrays, found = load(_checked(folder, PLAIN, manifest["plain_sha256"])), {}
        for head, about in manifest["heads"].items():
            labels = tuple(map(str, about["labels"]))
            weights = _matrix(arrays, f"weights.{head}", (len(labels), len(terms.vocabulary)))
            found[head] = Classifier(labels, weights, _matrix(arrays, f"bias.{head}", (len(labels),)), 1.0)
        return found


@contextmanager
def _whole(folder: Path) -> Iterator[None]:
    try:
        yield
    except (SafetensorError, KeyError, TypeError, ValueError, AttributeError, OptionError) as error:
        raise ModelError(f"{folder}: arrays and manifest do not belong together ({error}); train it again") from None


def _checked(folder: Path, name: str, checksum: str) -> bytes:
    try:
        raw = (folder / name).read_bytes()
    except OSError as error:
        raise ModelError(f"{folder}: {name} cannot be read ({error.strerror}); copy the whole folder again") from None
    if hashlib.sha256(raw).hexdigest() != checksum:
        raise ModelError(f"{folder}: {name} is damaged (its checksum is not the manifest's); copy the folder again")
    return raw


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
    terms = {kind: _terms_from(arrays, kind) for kind in KINDS}
    features = Features(Settings.from_dict(manifest["settings"]), terms)
    attitudes = _attitudes_from(arrays, manifest["attitudes"]) if manifest.get("attitudes") else None
    classifiers = {
        head: _classifier_from(arrays, head, about, len(features), attitudes)
        for head, about in manifest["heads"].items()
    }
    return Model(features, classifiers, attitudes)


def _classifier_from(
    arrays: Arrays, head: str, about: Mapping[str, Any], width: int, attitudes: Attitudes | None
) -> Classifier:
    labels = tuple(map(str, about["labels"]))
    weights = _matrix(arrays, f"weights.{head}", (len(labels), width))
    bias = _matrix(arrays, f"bias.{head}", (len(labels),))
    heat, hears = float(about["temperature"]), bool(about["hears_tone"])
    if not 0 < heat < float("inf"):
        raise ValueError(f"temperature of {head}")
    signals = None
    if attitudes is not None:
        if head in attitudes.targets and labels != attitudes.labels:
            raise ValueError(f"labels of {head}")
        names = signal_names(head, attitudes.targets, attitudes.labels, hears)
        signals = _matrix(arrays, f"signals.{head}", (len(labels), len(names)))
    return Classifier(labels, weights, bias, float(about["strength"]), signals, hears, heat)


def _attitudes_from(arrays: Arrays, about: Mapping[str, Any]) -> Attitudes:
    labels, targets = tuple(map(str, about["labels"])), tuple(map(str, about["targets"]))
    joined = _text(arrays["attitudes.names"])
    names = tuple(joined.split(SEPARATOR)) if joined else ()
    hashes = arrays["attitudes.hashes"]
    if hashes.shape != (len(names),) or hashes.dtype != np.uint64:
        raise ValueError("hashes of attitudes")
    words = _text(arrays["lexicon.tones"]).split(SEPARATOR)
    tones = {word: float(tone) for word, tone in zip(words[0:-1:2], words[1::2], strict=True)}
    lexicon = Lexicon(tuple(read_aliases(_text(arrays["lexicon.aliases"]), "the model's lexicon")), tones)
    refuse_unknown(targets, lexicon.targets)
    return Attitudes(
        lexicon,
        targets,
        labels,
        names,
        hashes,
        _matrix(arrays, "attitudes.idf", (len(names),)),
        _matrix(arrays, "attitudes.weights", (len(labels), len(names))),
        _matrix(arrays, "attitudes.numbers", (len(labels), len(NUMBERS))),
        _matrix(arrays, "attitudes.bias", (len(labels),)),
        float(about["strength"]),
        _matrix(arrays, "attitudes.unnamed", (len(labels),)),
        float(about["temperature"]),
    )


def _matrix(arrays: Arrays, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    found = arrays[name]
    if found.shape != shape:
        raise ValueError(f"shape of {name}")
    if not np.isfinite(found).all():
        raise ValueError(f"{name} that are no numbers")
    return found.astype(np.float32, copy=False)


def _text(array: NDArray[np.uint8]) -> str:
    return array.tobytes().decode("utf-8", "surrogatepass")


def _terms_from(arrays: Arrays, kind: str) -> Terms:
    vocabulary = _text(arrays[f"vocabulary.{kind}"]).split(SEPARATOR)
    idf = arrays[f"idf.{kind}"]
    if idf.shape != (len(vocabulary),):
        raise ValueError(f"number of {kind} terms")
    return Terms(tuple(vocabulary), idf)
