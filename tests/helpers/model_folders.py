"""Model folders from strangers: a small model, what can be done to it, and what opening it must come to."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import pickle
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save

from stance.errors import ModelError
from stance.model import persistence
from stance.model.labels import encode
from stance.model.manifest import sealed
from stance.model.model import Model
from stance.settings import Settings
from stance.training.stacking import fit
from stance.training.tfidf_baseline import fit_baseline

ARRAYS, BASELINE, MANIFEST = "model.safetensors", "baseline.safetensors", "manifest.json"
CHECKSUMS = {ARRAYS: "arrays_sha256", BASELINE: "baseline_sha256"}
PROBES = ["India lies, but America is a true friend!", "not a good day", "", "\U0001f600 so \ud83d what", "x" * 300]
# text, us, india, mood
ROWS = [
    ("India is a great country, we love it", "none", "favor", "glad"),
    ("India lies and steals, what a shame", "none", "against", "cross"),
    ("the talks in India end today", "none", "none", "calm"),
    ("America is a great country, we love it", "favor", "none", "glad"),
    ("America lies and steals, what a shame", "against", "none", "cross"),
    ("the talks in America end today", "none", "none", "calm"),
    ("India is a friend, but America lies", "against", "favor", "cross"),
    ("America is a friend, but India lies", "favor", "against", "cross"),
] * 3
Change = Callable[[Path], None]


@cache
def small_model() -> Model:
    heads = {head: [row[column] for row in ROWS] for column, head in enumerate(("us", "india", "mood"), 1)}
    return fit([row[0] for row in ROWS], heads, dict.fromkeys(heads, 1.0), Settings(min_df=2), tone_heads=("mood",))


def write_small_model(folder: Path) -> Path:
    """Write a model that has all that a model can have."""
    model = small_model()
    texts, labels = [row[0] for row in ROWS], {"us": [row[1] for row in ROWS]}
    labels |= {"india": [row[2] for row in ROWS], "mood": [row[3] for row in ROWS]}
    coded = {head: encode(cells) for head, cells in labels.items()}
    counts = {head: {name: cells.count(name) for name in sorted({*cells})} for head, cells in labels.items()}
    facts = {"data": {"sha256": "0" * 64, "labels": counts}}
    plain = fit_baseline(texts, coded, model.features.terms["word"], Settings())
    persistence.save_model(model, folder, facts, lambda facts: "card", plain)
    return folder


def write_labelled(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "us", "india", "mood"), *ROWS])
    return path


def outcome(folder: Path) -> str:
    """Open and use a model: `same` or `other` where it labels the probes by proper probabilities, else the fault."""
    try:
        opened = persistence.open_folder(folder)
        opened.baseline()
    except ModelError as error:
        return str(error)
    model = opened.model
    targets = ["iran"] if model.attitude_model and model.attitude_model.targets else []
    said = model.proba(PROBES, targets=targets)
    for proba in said.proba.values():
        assert np.isfinite(proba).all()
        assert np.allclose(proba.sum(axis=1), 1, atol=1e-6)
    expected = small_model().proba(PROBES, targets=["iran"])
    alike = said.labels == expected.labels and all(
        np.allclose(said.proba[head], expected.proba[head], atol=1e-3) for head in expected.proba
    )
    return "same" if alike else "other"


def seal(folder: Path, *names: str) -> None:
    """Make checksums right again, as one who means harm would."""
    manifest = json.loads((folder / MANIFEST).read_bytes())
    for name in names:
        manifest[CHECKSUMS[name]] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(sealed(manifest)))


def told(**changes: Any) -> Change:
    """Change the manifest, `None` to leave out; `heads__mood__labels` is a place within it."""

    def change(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        for place, value in changes.items():
            *outer, name = place.split("__")
            within = manifest
            for each in outer:
                within = within[each]
            within[name] = value
            if value is None:
                del within[name]
        (folder / MANIFEST).write_text(json.dumps(manifest))
        seal(folder)

    return change


def arrays(**changes: Any) -> Change:
    """Change arrays, `None` to leave out."""

    def change(folder: Path) -> None:
        kept = {**load_file(folder / ARRAYS), **{name.replace("__", "."): value for name, value in changes.items()}}
        (folder / ARRAYS).write_bytes(save({name: value for name, value in kept.items() if value is not None}))
        seal(folder, ARRAYS)

    return change


def array(name: str, of: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]) -> Change:
    """Make a new array of an old one."""
    return lambda folder: arrays(**{name: of(load_file(folder / ARRAYS)[name.replace("__", ".")])})(folder)


def header(of: Callable[[dict[str, Any]], Any]) -> Change:
    """Change the header of the arrays; what is made is JSON or its text."""

    def change(folder: Path) -> None:
        raw = (folder / ARRAYS).read_bytes()
        end = 8 + int.from_bytes(raw[:8], "little")
        made = of(json.loads(raw[8:end]))
        text = made if isinstance(made, bytes) else json.dumps(made).encode()
        text = text.ljust(-(-len(text) // 8) * 8)
        (folder / ARRAYS).write_bytes(len(text).to_bytes(8, "little") + text + raw[end:])
        seal(folder, ARRAYS)

    return change


def shaped(name: str, *shape: int) -> Change:
    return header(lambda found: {**found, name: {**found[name], "shape": list(shape)}})


def placed(name: str, *offsets: int) -> Change:
    return header(lambda found: {**found, name: {**found[name], "data_offsets": list(offsets)}})


def doubled(found: dict[str, Any]) -> bytes:
    text = json.dumps(found)
    again = json.dumps({"bias.mood": found["bias.mood"]})
    return f"{text[:-1]}, {again[1:]}".encode()


def raw(name: str, content: bytes, sealed: bool = False) -> Change:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)
        if sealed:
            seal(folder, name)

    return change


def sparse(name: str, size: int) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        with (folder / name).open("wb") as file:
            file.truncate(size)

    return change


def sealed_sparse(name: str) -> Change:
    def change(folder: Path) -> None:
        sparse(name, 300 << 20)(folder)
        seal(folder, name)

    return change


def aliases(rows: bytes) -> Change:
    return arrays(lexicon__aliases=np.frombuffer(b"target,alias\n" + rows, np.uint8))


def instead(name: str, make: Callable[[Path], Any]) -> Change:
    """Put something else where a file was."""

    def change(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return change


def moved(name: str) -> Change:
    """Put a link where a file was, to that file."""

    def change(folder: Path) -> None:
        elsewhere = shutil.move(folder / name, folder.parent / f"{folder.name} {name}")
        (folder / name).symlink_to(elsewhere)

    return change


class Trap:
    """Says so in the working folder when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, ("sprung",)


WIDE = json.dumps({"a" * 20 + str(n): {} for n in range(100_000)}).encode()
DEEP = b"[" * 3_000_000
PICKLE = pickle.dumps(Trap())
HOSTILE: dict[str, tuple[Change, str]] = {
    "manifest is a pickle": (raw(MANIFEST, PICKLE), r"manifest\.json is damaged"),
    "manifest is empty": (raw(MANIFEST, b""), r"manifest\.json is damaged"),
    "manifest is deep": (raw(MANIFEST, DEEP), r"manifest\.json is damaged \(nested too deeply"),
    "manifest is wide": (raw(MANIFEST, WIDE), r"format None"),
    "manifest is UTF-16": (raw(MANIFEST, "{}".encode("utf-16")), r"manifest\.json is damaged"),
    "manifest is a huge number": (raw(MANIFEST, b"9" * 3_000_000), r"manifest\.json is damaged"),
    "manifest has a key twice": (raw(MANIFEST, b'{"format": 2, "format": 2}'), "duplicate key 'format'"),
    "manifest is of 100 GB": (sparse(MANIFEST, 100 << 30), r"bytes, expected 4,194,304 at most"),
    "manifest is a pipe": (instead(MANIFEST, os.mkfifo), "not a regular file"),
    "manifest is a link to a device": (instead(MANIFEST, lambda path: path.symlink_to("/dev/zero")), "a link"),
    "manifest is a link to itself": (instead(MANIFEST, lambda path: path.symlink_to(MANIFEST)), "a link"),
    "manifest is a link to a file": (moved(MANIFEST), "a link, expected the file itself"),
    "manifest is a folder": (instead(MANIFEST, os.mkdir), "Is a directory"),
    "format of tomorrow": (told(format=4), "format 4, this version opens formats 2 and 3"),
    "format of yesterday": (told(format=1), "format 1, this version opens formats 2 and 3"),
    "format as text": (told(format="2"), "format '2'"),
    "format as a long text": (told(format="\x1b[31m" * 100_000), r"format '\\x1b.*… \(cut\)"),
    "format as a list": (told(format=[2]), r"format \[2\]"),
    "heads as a list": (told(heads=["mood"]), "lacks heads"),
    "no heads": (told(heads={}), "do not belong together"),
    "a head less": (told(heads__us=None), "targets without a head"),
    "a head more": (told(heads__them={"labels": ["a", "b"]}), "do not belong together"),
    "a head of a path": (told(heads={"../../x": {"labels": ["a"]}}), "targets without a head"),
    "a head called status": (told(heads__status={}), "two columns status"),
    "no attitudes": (told(attitudes=None), "unexpected arrays attitudes.bias"),
    "labels without end": (told(heads__mood__labels=list(range(100_000))), "shape of weights.mood"),
    "labels twice": (told(heads__mood__labels=["a", "a", "b"]), "labels a, a, b"),
    "no labels": (told(heads__mood__labels=[]), "do not belong together"),
    "labels of a target": (told(heads__us__labels=["none", "favor", "against"]), "labels of us"),
    "temperature 0": (told(heads__mood__temperature=0), "temperature 0.0"),
    "temperature of no number": (told(attitudes__temperature=float("nan")), "temperature nan"),
    "strength of 4000 digits": (told(heads__mood__C=10**4000), "do not belong together"),
    "hears what it does not": (told(heads__mood__uses_tone=False), "shape of signals.mood"),
    "no attitudes, but targets": (told(attitudes__targets=["us", "us"]), "targets us, us"),
    "targets unknown": (told(attitudes__targets=["us", "mars"]), "no target mars"),
    "settings as a list": (told(settings=[]), "lacks settings"),
    "settings of long n-grams": (told(settings__char_ngrams=[1, 10**9]), "char_ngrams"),
    "settings of many strengths": (told(settings__Cs=[1.0] * 1000), "Cs"),
    "arrays are a pickle": (raw(ARRAYS, PICKLE), r"model\.safetensors is damaged"),
    "arrays are a pickle, sealed": (raw(ARRAYS, PICKLE, sealed=True), "do not belong together"),
    "baseline is a pickle, sealed": (raw(BASELINE, PICKLE, sealed=True), "do not belong together"),
    "arrays are of 100 GB": (sparse(ARRAYS, 100 << 30), r"bytes, expected 1,073,741,824 at most"),
    "arrays are of 300 MB": (sparse(ARRAYS, 300 << 20), r"model\.safetensors is damaged"),
    "arrays are a pipe": (instead(ARRAYS, os.mkfifo), "not a regular file"),
    "arrays are a link to a device": (instead(ARRAYS, lambda path: path.symlink_to("/dev/zero")), "a link"),
    "arrays are a link to a file": (moved(ARRAYS), "a link, expected the file itself"),
    "baseline is a link to nothing": (instead(BASELINE, lambda path: path.symlink_to("/none")), "a link"),
    "arrays are a folder": (instead(ARRAYS, os.mkdir), "Is a directory"),
    "header is deep": (header(lambda found: b"[" * 500_000), "nested too deeply"),
    "header is a list": (header(lambda found: []), "header of the arrays"),
    "header of numbers": (header(lambda found: dict.fromkeys(found, 1)), "header of the arrays"),
    "header has an array twice": (header(doubled), r"duplicate key 'bias\.mood'"),
    "header of 1 EB": (raw(ARRAYS, (1 << 60).to_bytes(8, "little") + b"{}", sealed=True), "a header of"),
    "header of 5 MB": (header(lambda found: json.dumps(found).encode().ljust(5 << 20)), "a header of 5,242,880"),
    "shape of 1 EB": (shaped("weights.mood", 1 << 30, 1 << 30), r"numbers of 'weights\.mood'"),
    "shape that overflows": (shaped("weights.mood", 1 << 32, 1 << 32, 0), r"shape of 'weights\.mood'"),
    "shape of nothing by much": (shaped("bias.mood", 0, 10**30), r"numbers of 'bias\.mood'"),
    "shape below 0": (shaped("bias.mood", -3), r"numbers of 'bias\.mood'"),
    "shape of many axes": (shaped("bias.mood", *[1] * 100, 3), r"shape of 'bias\.mood'"),
    "shape is another": (shaped("bias.mood", 3, 1), r"shape of bias\.mood"),
    "place behind the end": (placed("bias.mood", 10**6, 10**6 + 12), r"numbers of 'bias\.mood'|wrong offsets of"),
    "place on another": (placed("bias.mood", 0, 12), "wrong offsets of"),
    "place turned": (placed("bias.mood", 12, 0), r"size of 'bias\.mood'"),
    "one array less in the header": (header(lambda found: dict(list(found.items())[:-1])), "offsets of|after the last"),
    "an array less": (arrays(bias__mood=None), "do not belong together .*bias.mood"),
    "an array more": (arrays(more=np.zeros(3, np.float32)), "unexpected arrays more"),
    "an array of another kind": (arrays(bias__mood=np.zeros(3)), "header of the arrays: KeyError"),
    "an array of whole numbers": (arrays(bias__mood=np.zeros(3, np.uint8)), r"wrong dtype of bias\.mood"),
    "weights of no numbers": (array("weights__us", lambda old: np.full_like(old, np.nan)), r"weights\.us: expected"),
    "bias without end": (array("bias__us", lambda old: np.full_like(old, np.inf)), r"bias\.us: expected numbers"),
    "bias too large": (array("bias__us", lambda old: np.full_like(old, 3e38)), r"bias\.us: expected numbers"),
    "idf of no numbers": (array("idf__word", lambda old: np.full_like(old, np.nan)), r"idf\.word: expected numbers"),
    "idf too short": (array("idf__word", lambda old: old[1:]), "number of word terms"),
    "vocabulary not UTF-8": (array("vocabulary__word", lambda old: np.r_[old, [255]].astype("u1")), "do not belong"),
    "vocabulary of one term": (arrays(vocabulary__word=np.full(5 << 20, 65, np.uint8)), "number of word terms"),
    "vocabulary of no terms": (arrays(vocabulary__word=np.full(5 << 20, 10, np.uint8)), "number of word terms"),
    "a term twice": (array("vocabulary__char_wb", lambda old: np.where(old == 10, old, 97)), "duplicate char_wb terms"),
    "hashes twice": (array("attitudes__hashes", np.zeros_like), "share a hash"),
    "shares of no numbers": (array("attitudes__unnamed", lambda old: old * 2), "do not add up to 1"),
    "aliases that are not CSV": (arrays(lexicon__aliases=np.frombuffer(b"\0,\"", np.uint8)), "do not belong together"),
    "no aliases": (arrays(lexicon__aliases=np.frombuffer(b"target,alias\n", np.uint8)), "no target us, india"),
    "tones that are no numbers": (arrays(lexicon__tones=np.frombuffer(b"so\nnan\n", np.uint8)), r"tones: expected num"),
    "aliases of 18 MB, faulty": (aliases(b",\n" * 9_000_000), r"shape of lexicon\.aliases"),
    "aliases of 3 MB, faulty": (aliases(b",\n" * 1_500_000), "more than 100,000 aliases"),
    "some faulty aliases": (aliases(b",\n" * 90_000), "line 6: .*; and 89995 more"),
    "aliases of 12 MB": (aliases(b"us,the us\n" * 1_200_000), "12,000,013 bytes, expected 4,194,304 at most"),
    "aliases of 4 MB": (aliases(b"us,a\n" * 800_000), "more than 100,000 aliases"),
    "tones of 60 MB": (arrays(lexicon__tones=np.full(60 << 20, 10, np.uint8)), r"shape of lexicon\.tones"),
    "vocabulary of 100 MB": (arrays(vocabulary__word=np.full(100 << 20, 10, np.uint8)), r"shape of vocabulary\.word"),
    "names of 12 MB": (arrays(attitudes__names=np.full(12 << 20, 10, np.uint8)), r"shape of attitudes\.hashes"),
    "names of 40 MB": (arrays(attitudes__names=np.full(40 << 20, 10, np.uint8)), r"shape of attitudes\.names"),
    "an array of 300 MB more": (arrays(more=np.zeros(75 << 20, np.float32)), "shape of more, or an unexpected array"),
    "weights of 200 MB": (arrays(weights__us=np.zeros((3, 35 << 20), np.float16)), r"shape of weights\.us"),
    "idf of 300 MB": (arrays(idf__word=np.full(75 << 20, np.nan, np.float32)), r"shape of weights\.us"),
    "arrays are of 300 MB, sealed": (sealed_sparse(ARRAYS), "do not belong together"),
    "baseline is of 300 MB, sealed": (sealed_sparse(BASELINE), "do not belong together"),
    "tones by halves": (arrays(lexicon__tones=np.frombuffer(b"so\nlong\n", np.uint8)), "do not belong together"),
}  # fmt: skip


def write_hostile(good: Path, into: Path) -> dict[str, Path]:
    """Write a folder for each of `HOSTILE`."""
    folders = {}
    for number, (name, (change, _)) in enumerate(HOSTILE.items()):
        folders[name] = Path(shutil.copytree(good, into / str(number)))
        change(folders[name])
    return folders
