"""A model as arrays and plain values, and back; what comes back is checked, since a stranger may have written it."""

from __future__ import annotations

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

MAX_NUMBER = 1e6  # of a model: the numbers of float16 end below, and their sums stay far within those of float32
ROUNDING = 1e-6
SEPARATOR = "\n"  # no term holds one: the analyzers split texts at white space
Arrays = dict[str, NDArray[Any]]


def model_arrays(model: Model) -> Arrays:
    """Return the arrays of a model folder by name."""
    arrays: Arrays = {}
    for kind, terms in model.features.terms.items():
        arrays[f"vocabulary.{kind}"] = _bytes(SEPARATOR.join(terms.vocabulary))
        arrays[f"idf.{kind}"] = terms.idf
    return (
        arrays
        | classifier_arrays(model.classifiers)
        | ({} if model.attitudes is None else _attitude_arrays(model.attitudes))
    )


def classifier_arrays(classifiers: Mapping[str, Classifier]) -> Arrays:
    """Return the arrays of the classifiers of heads, by name."""
    arrays: Arrays = {}
    for head, classifier in classifiers.items():
        arrays[f"weights.{head}"] = np.ascontiguousarray(classifier.weights.astype(np.float16))
        arrays[f"bias.{head}"] = classifier.bias
        if classifier.stacked_weights is not None:
            arrays[f"signals.{head}"] = np.ascontiguousarray(classifier.stacked_weights)
    return arrays


def _attitude_arrays(attitudes: AttitudeModel) -> Arrays:
    tones = "".join(f"{word}{SEPARATOR}{tone:g}{SEPARATOR}" for word, tone in attitudes.lexicon.tones.items())
    return {
        "attitudes.names": _bytes(SEPARATOR.join(attitudes.names)),
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
    """Return what of a model stands in its manifest rather than in its arrays."""
    heads = {
        head: {
            "labels": list(c.labels),
            "C": c.C,
            "temperature": c.temperature,
            "uses_tone": c.uses_tone,
        }
        for head, c in model.classifiers.items()
    }
    attitudes = model.attitudes and {
        "targets": list(model.attitudes.targets),
        "labels": list(model.attitudes.labels),
        "C": model.attitudes.C,
        "temperature": model.attitudes.temperature,
    }
    features = {kind: len(terms.vocabulary) for kind, terms in model.features.terms.items()}
    return {
        "heads": heads,
        "attitudes": attitudes,
        "features": features | ({"attitudes": len(model.attitudes.names)} if model.attitudes else {}),
        "settings": model.settings.to_dict(),
    }


def build_model(arrays: Arrays, manifest: Mapping[str, Any]) -> Model:
    """Build a model of the arrays and the manifest of a folder; ValueError and the like where they do not fit."""
    heads = manifest["heads"]
    if twice := duplicate_columns(heads):
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


def build_baseline(arrays: Arrays, manifest: Mapping[str, Any], terms: Terms) -> dict[str, Classifier]:
    """Build the plain TF-IDF classifiers that a model is compared with, one a head."""
    found = {}
    for head, about in manifest["heads"].items():
        labels = _names(about, "labels")
        weights = _matrix(arrays, f"weights.{head}", (len(labels), len(terms.vocabulary)))
        found[head] = Classifier(labels, weights, _matrix(arrays, f"bias.{head}", (len(labels),)), 1.0)
    return found


def _classifier_from(
    arrays: Arrays, head: str, about: Mapping[str, Any], width: int, attitudes: AttitudeModel | None
) -> Classifier:
    labels = _names(about, "labels")
    weights = _matrix(arrays, f"weights.{head}", (len(labels), width))
    bias = _matrix(arrays, f"bias.{head}", (len(labels),))
    uses_tone, stacked = bool(about["uses_tone"]), None
    if attitudes is not None:
        if head in attitudes.targets and labels != attitudes.labels:
            raise ValueError(f"labels of {head}")
        names = stacked_feature_names(head, attitudes.targets, attitudes.labels, uses_tone)
        stacked = _matrix(arrays, f"signals.{head}", (len(labels), len(names)))
    return Classifier(labels, weights, bias, float(about["C"]), stacked, uses_tone, _temperature(about))


def _attitudes_from(arrays: Arrays, about: Mapping[str, Any]) -> AttitudeModel:
    labels, targets = _names(about, "labels"), _names(about, "targets", least=0)
    joined = _text(arrays, "attitudes.names")
    names = tuple(joined.split(SEPARATOR)) if joined else ()
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
        float(about["C"]),
        _shares(arrays, "attitudes.unnamed", len(labels)),
        _temperature(about),
    )


def _lexicon_from(arrays: Arrays, targets: Sequence[str]) -> Lexicon:
    words = _text(arrays, "lexicon.tones").split(SEPARATOR)
    tones = {word: float(tone) for word, tone in zip(words[0:-1:2], words[1::2], strict=True)}
    if not all(abs(tone) <= MAX_NUMBER for tone in tones.values()):
        raise ValueError("lexicon.tones that are no numbers")
    lexicon = Lexicon(tuple(read_aliases(_text(arrays, "lexicon.aliases"), "the model's lexicon")), tones)
    check_targets(targets, lexicon.targets)
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
    if not MIN_TEMPERATURE <= heat <= MAX_TEMPERATURE:
        raise ValueError(f"temperature {heat}, expected {MIN_TEMPERATURE} to {MAX_TEMPERATURE}")
    return heat


def _shares(arrays: Arrays, name: str, size: int) -> NDArray[np.float32]:
    found = _matrix(arrays, name, (size,))
    if found.min() < 0 or abs(found.sum(dtype=np.float64) - 1) > ROUNDING:
        raise ValueError(f"{name} that do not add up to 1")
    return found


def _matrix(arrays: Arrays, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    found = _array(arrays, name, shape, np.float16, np.float32).astype(np.float32)
    if found.size and not -MAX_NUMBER <= found.min() <= found.max() <= MAX_NUMBER:
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
