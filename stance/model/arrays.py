"""A model as arrays and plain values, and back. What is read is checked: a stranger may have written it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.context_numbers import CONTEXT_NUMBERS
from stance.features.lexicon import Lexicon, check_targets, read_aliases
from stance.features.tfidf import KINDS, Features, Terms
from stance.model.attitude_model import AttitudeModel
from stance.model.classifier import MAX_TEMPERATURE, MIN_TEMPERATURE, Classifier
from stance.model.model import Model
from stance.model.predictions import duplicate_columns
from stance.model.stacked_features import stacked_feature_names
from stance.settings import Settings
from stance.strings import listed

MAX_NUMBER = 1e6  # of a model: float16 ends below, and sums of such numbers stay far within float32
MAX_SUM_ERROR = 1e-6  # of probabilities in float32
NAME_SEPARATOR = "\n"  # in no term: the analyzers split texts at white space
MAX_TERM_BYTES = 1024  # of a term on the average; a word is a clause in languages without spaces
MAX_LEXICON_BYTES = 1 << 22  # of aliases or of tones; forty times those that are bundled
NamedArrays = dict[str, NDArray[Any]]
Shapes = Mapping[str, tuple[int, ...]]


def model_arrays(model: Model) -> NamedArrays:
    """Return the arrays of a model folder by name."""
    arrays: NamedArrays = {}
    for kind, terms in model.features.terms.items():
        arrays[f"vocabulary.{kind}"] = _bytes(NAME_SEPARATOR.join(terms.vocabulary))
        arrays[f"idf.{kind}"] = terms.idf
    return (
        arrays
        | classifier_arrays(model.classifiers)
        | ({} if model.attitude_model is None else _attitude_arrays(model.attitude_model))
    )


def classifier_arrays(classifiers: Mapping[str, Classifier]) -> NamedArrays:
    """Return the arrays of the classifiers of heads, by name."""
    arrays: NamedArrays = {}
    for head, classifier in classifiers.items():
        arrays[f"weights.{head}"] = np.ascontiguousarray(classifier.weights.astype(np.float16))
        arrays[f"bias.{head}"] = classifier.bias
        if classifier.stacked_weights is not None:
            arrays[f"signals.{head}"] = np.ascontiguousarray(classifier.stacked_weights)
    return arrays


def _attitude_arrays(attitudes: AttitudeModel) -> NamedArrays:
    tones = "".join(f"{word}{NAME_SEPARATOR}{tone:g}{NAME_SEPARATOR}" for word, tone in attitudes.lexicon.tones.items())
    return {
        "attitudes.names": _bytes(NAME_SEPARATOR.join(attitudes.names)),
        "attitudes.hashes": attitudes.hashes,
        "attitudes.idf": attitudes.idf,
        "attitudes.weights": np.ascontiguousarray(attitudes.weights.astype(np.float16)),
        "attitudes.numbers": np.ascontiguousarray(attitudes.numbers),
        "attitudes.bias": attitudes.bias,
        "attitudes.unnamed": attitudes.unnamed_proba,
        "lexicon.aliases": _bytes(attitudes.lexicon.to_csv()),
        "lexicon.tones": _bytes(tones),
    }


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)


def model_facts(model: Model) -> dict[str, Any]:
    """Return the part of a model that its manifest holds."""
    heads = {
        head: {
            "labels": list(c.labels),
            "C": c.C,
            "temperature": c.temperature,
            "uses_tone": c.uses_tone,
        }
        for head, c in model.classifiers.items()
    }
    attitudes = model.attitude_model and {
        "targets": list(model.attitude_model.targets),
        "labels": list(model.attitude_model.labels),
        "C": model.attitude_model.C,
        "temperature": model.attitude_model.temperature,
    }
    features = {kind: len(terms.vocabulary) for kind, terms in model.features.terms.items()}
    return {
        "heads": heads,
        "attitudes": attitudes,
        "features": features | ({"attitudes": len(model.attitude_model.names)} if model.attitude_model else {}),
        "settings": model.settings.to_dict(),
    }


def check_model_shapes(shapes: Shapes, manifest: Mapping[str, Any]) -> None:
    """Raise ValueError unless arrays of these shapes can be a model, before they are taken into memory."""
    sizes = {kind: _n_rows(shapes, f"idf.{kind}") for kind in KINDS}
    expected: dict[str, tuple[int, ...]] = {f"idf.{kind}": (size,) for kind, size in sizes.items()}
    n_labels = {head: len(facts["labels"]) for head, facts in manifest["heads"].items()}
    expected |= _classifier_shapes(n_labels, sum(sizes.values()))
    texts = {f"vocabulary.{kind}": size for kind, size in sizes.items()}
    n_features = _n_rows(shapes, "attitudes.hashes") if manifest.get("attitudes") else 0
    if n_features:
        k = len(manifest["attitudes"]["labels"])
        expected |= {"attitudes.hashes": (n_features,), "attitudes.idf": (n_features,)}
        expected |= {"attitudes.weights": (k, n_features), "attitudes.numbers": (k, len(CONTEXT_NUMBERS))}
        texts["attitudes.names"] = n_features
    _check_shapes(shapes, expected)
    rest = {name: shape for name, shape in shapes.items() if name not in expected}
    for name, shape in rest.items():
        limit = texts[name] * MAX_TERM_BYTES if name in texts else MAX_LEXICON_BYTES
        if math.prod(shape) > limit:
            raise ValueError(f"wrong shape of {name}, or an unexpected array")


def check_baseline_shapes(shapes: Shapes, manifest: Mapping[str, Any], n_terms: int) -> None:
    """Raise ValueError unless arrays of these shapes can be a baseline."""
    expected = _classifier_shapes({head: len(facts["labels"]) for head, facts in manifest["heads"].items()}, n_terms)
    _check_shapes(shapes, expected)
    if unexpected := sorted(set(shapes) - set(expected)):
        raise ValueError(f"unexpected arrays {listed(unexpected)}")


def _classifier_shapes(n_labels: Mapping[str, int], n_features: int) -> dict[str, tuple[int, ...]]:
    weights: dict[str, tuple[int, ...]] = {f"weights.{head}": (k, n_features) for head, k in n_labels.items()}
    return weights | {f"bias.{head}": (k,) for head, k in n_labels.items()}


def _check_shapes(shapes: Shapes, expected: Shapes) -> None:
    for name, shape in expected.items():
        if shapes[name] != shape:
            raise ValueError(f"wrong shape of {name}")


def _n_rows(shapes: Shapes, name: str) -> int:
    if len(shapes[name]) != 1:
        raise ValueError(f"wrong shape of {name}")
    return shapes[name][0]


def build_model(arrays: NamedArrays, manifest: Mapping[str, Any]) -> Model:
    """Build a model from the arrays and the manifest of a folder; ValueError and the like if they do not fit."""
    heads = manifest["heads"]
    if duplicates := duplicate_columns(heads):
        raise ValueError(f"heads that would give two columns {listed(duplicates)}")
    terms = {kind: _terms_from(arrays, kind) for kind in KINDS}
    features = Features(Settings.from_dict(manifest["settings"]), terms)
    attitudes = _attitudes_from(arrays, manifest["attitudes"]) if manifest.get("attitudes") else None
    if attitudes is not None and not set(attitudes.targets) <= set(heads):
        raise ValueError("targets without a head")
    classifiers = {
        head: _classifier_from(arrays, head, facts, len(features), attitudes) for head, facts in heads.items()
    }
    if arrays:
        raise ValueError(f"unexpected arrays {listed(sorted(arrays))}")
    return Model(features, classifiers, attitudes)


def build_baseline(arrays: NamedArrays, manifest: Mapping[str, Any], terms: Terms) -> dict[str, Classifier]:
    """Build the plain TF-IDF classifiers that a model is compared with, one a head."""
    classifiers = {}
    for head, facts in manifest["heads"].items():
        labels = _names(facts, "labels")
        weights = _matrix(arrays, f"weights.{head}", (len(labels), len(terms.vocabulary)))
        classifiers[head] = Classifier(labels, weights, _matrix(arrays, f"bias.{head}", (len(labels),)), 1.0)
    return classifiers


def _classifier_from(
    arrays: NamedArrays, head: str, facts: Mapping[str, Any], n_features: int, attitudes: AttitudeModel | None
) -> Classifier:
    labels = _names(facts, "labels")
    weights = _matrix(arrays, f"weights.{head}", (len(labels), n_features))
    bias = _matrix(arrays, f"bias.{head}", (len(labels),))
    uses_tone, stacked = bool(facts["uses_tone"]), None
    if attitudes is not None:
        if head in attitudes.targets and labels != attitudes.labels:
            raise ValueError(f"labels of {head}, which is a target: expected {listed(attitudes.labels)}")
        names = stacked_feature_names(head, attitudes.targets, attitudes.labels, uses_tone)
        if names or f"signals.{head}" in arrays:  # none where there are neither targets nor tones to stack
            stacked = _matrix(arrays, f"signals.{head}", (len(labels), len(names)))
    return Classifier(labels, weights, bias, float(facts["C"]), stacked, uses_tone, _temperature(facts))


def _attitudes_from(arrays: NamedArrays, facts: Mapping[str, Any]) -> AttitudeModel:
    labels, targets = _names(facts, "labels"), _names(facts, "targets", min_size=0)
    joined = _text(arrays, "attitudes.names")
    n_names = joined.count(NAME_SEPARATOR) + 1 if joined else 0
    if arrays["attitudes.hashes"].shape != (n_names,):  # before a string is made of each
        raise ValueError("wrong shape of attitudes.hashes")
    names = tuple(joined.split(NAME_SEPARATOR)) if joined else ()
    hashes = _array(arrays, "attitudes.hashes", (len(names),), np.uint64).copy()
    if not np.diff(np.sort(hashes)).all():
        raise ValueError("two features of attitudes share a hash")
    return AttitudeModel(
        _lexicon_from(arrays, targets),
        targets,
        labels,
        names,
        hashes,
        _matrix(arrays, "attitudes.idf", (len(names),)),
        _matrix(arrays, "attitudes.weights", (len(labels), len(names))),
        _matrix(arrays, "attitudes.numbers", (len(labels), len(CONTEXT_NUMBERS))),
        _matrix(arrays, "attitudes.bias", (len(labels),)),
        float(facts["C"]),
        _shares(arrays, "attitudes.unnamed", len(labels)),
        _temperature(facts),
    )


def _lexicon_from(arrays: NamedArrays, targets: Sequence[str]) -> Lexicon:
    words = _lexicon_text(arrays, "lexicon.tones").split(NAME_SEPARATOR)
    tones = {word: float(tone) for word, tone in zip(words[0:-1:2], words[1::2], strict=True)}
    if not all(abs(tone) <= MAX_NUMBER for tone in tones.values()):
        raise ValueError(f"lexicon.tones: expected numbers from {-MAX_NUMBER:,.0f} to {MAX_NUMBER:,.0f}")
    lexicon = Lexicon(tuple(read_aliases(_lexicon_text(arrays, "lexicon.aliases"), "the model's lexicon")), tones)
    check_targets(targets, lexicon.targets)
    if not lexicon.aliases:
        raise ValueError("lexicon.aliases without an alias")
    return lexicon


def _names(facts: Mapping[str, Any], key: str, min_size: int = 1) -> tuple[str, ...]:
    names = tuple(map(str, facts[key]))
    if len(names) < min_size or len(set(names)) < len(names):
        raise ValueError(f"{key} {listed(names)}")
    return names


def _temperature(facts: Mapping[str, Any]) -> float:
    temperature = float(facts["temperature"])
    if not MIN_TEMPERATURE <= temperature <= MAX_TEMPERATURE:
        raise ValueError(f"temperature {temperature}, expected {MIN_TEMPERATURE} to {MAX_TEMPERATURE}")
    return temperature


def _shares(arrays: NamedArrays, name: str, size: int) -> NDArray[np.float32]:
    shares = _matrix(arrays, name, (size,))
    if shares.min() < 0 or abs(shares.sum(dtype=np.float64) - 1) > MAX_SUM_ERROR:
        raise ValueError(f"{name}: shares that do not add up to 1")
    return shares


def _matrix(arrays: NamedArrays, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    matrix = _array(arrays, name, shape, np.float16, np.float32).astype(np.float32)
    if matrix.size and not -MAX_NUMBER <= matrix.min() <= matrix.max() <= MAX_NUMBER:
        raise ValueError(f"{name}: expected numbers from {-MAX_NUMBER:,.0f} to {MAX_NUMBER:,.0f}")
    return matrix


def _array(arrays: NamedArrays, name: str, shape: tuple[int, ...] | None, *dtypes: type[np.generic]) -> NDArray[Any]:
    """Take an array from those that are not used yet."""
    array = arrays.pop(name)
    if array.dtype not in dtypes:
        raise ValueError(f"wrong dtype of {name}")
    if array.shape != (shape or (array.size,)):
        raise ValueError(f"wrong shape of {name}")
    return array


def _lexicon_text(arrays: NamedArrays, name: str) -> str:
    if arrays[name].size > MAX_LEXICON_BYTES:
        raise ValueError(f"{name}: {arrays[name].size:,} bytes, expected {MAX_LEXICON_BYTES:,} at most")
    return _text(arrays, name)


def _text(arrays: NamedArrays, name: str) -> str:
    return _array(arrays, name, None, np.uint8).tobytes().decode("utf-8", "surrogatepass")


def _terms_from(arrays: NamedArrays, kind: str) -> Terms:
    joined = _text(arrays, f"vocabulary.{kind}")
    size = joined.count(NAME_SEPARATOR) + 1
    if arrays[f"idf.{kind}"].shape != (size,):  # before a string is made of each
        raise ValueError(f"wrong number of {kind} terms")
    vocabulary = tuple(joined.split(NAME_SEPARATOR))
    if len(set(vocabulary)) < size:
        raise ValueError(f"duplicate {kind} terms")
    return Terms(vocabulary, _matrix(arrays, f"idf.{kind}", (size,)))
