"""Throws changed input at the program until the time is over; what breaks it is kept under `tests/hostile/found`.

python -m tests.hostile.fuzz [--seconds 600] [--seed 0]     changes bytes at random, on the compiled loops
python -m tests.hostile.fuzz --guided                       lets atheris choose what reaches new lines, in plain Python
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType

import numpy as np

from stance.errors import ModelError, TableError
from stance.features.kernels import attitudes, context_numbers, contexts, hashing, mentions, tfidf, tokens
from stance.features.kernels import cache as memos
from stance.model import persistence
from stance.model.model import Model
from stance.tables.columns import check_not_numeric, column_strings
from stance.tables.files import read_table
from tests.features.kernels import test_contexts
from tests.helpers import model_folders

IS_COMPILED = hasattr(hashing.step, "py_func")
FOUND = Path(__file__).parent / "found"
CACHE = Path(".cache/fuzz")
SLOWEST = 1.0  # seconds for a megabyte of text
PATIENCE = 0.5  # seconds more for any input
COMPARED = 400  # characters up to which a text is compared with the plain reference
LONGEST = 200_000  # bytes
WORDS = [
    "China", "US", "us", "#BoycottChina", "@IndiaToday", "not ", "but ", "https://", "www.", ".", "U.S.", "North Korea",
    "\U0001f600", "\u200d", "\u0301", "\u0130", "\u03a3", "\0", "\n", '"', '""', '","', ",", "\r\n", "\r", "\ufeff",
    "{}", '{"text": "so"}', "null", "1e999", "[[[[", '"text"', "\t", ";", "\x1c", "\u2028", "\xa0", "\ud83d", "x" * 50,
]  # fmt: skip


@cache
def model() -> Model:
    """Train in the compiled loops; in plain Python open what those left."""
    folder = CACHE / "model"
    if not (folder / model_folders.MANIFEST).exists():
        model_folders.write_small_model(folder)
    loaded = persistence.load_model(folder)
    loaded.proba(["so"], targets=["iran"])  # the first use compiles, which is not the text's fault
    return loaded


def check_text(raw: bytes) -> None:
    text = raw.decode("utf-8", "surrogateescape")
    start = time.thread_time()
    said = model().proba([text, "so it goes", text], targets=["iran"])
    took = time.thread_time() - start
    for proba in said.proba.values():
        assert np.isfinite(proba).all()
        assert np.allclose(proba.sum(axis=1), 1, atol=1e-6)
        assert np.allclose(proba[0], proba[2], atol=1e-12)
    assert not IS_COMPILED or took < PATIENCE + SLOWEST * 2 * len(raw) / 1e6, f"{took:.1f} s for {len(raw):,} bytes"
    if len(text) <= COMPARED:
        test_contexts.assert_read_as_reference([text])


def check_table(ending: str, raw: bytes) -> None:
    start = time.thread_time()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"a{ending}"
        path.write_bytes(raw)
        try:
            table = read_table(str(path)).table
            assert len(table) <= len(raw) + 1
            for name in table.column_names:
                check_not_numeric(column_strings(table, name), name, table.column_names, path.name)
        except TableError as error:
            assert str(error)
    took = time.thread_time() - start
    assert took < PATIENCE + SLOWEST * 10 * len(raw) / 1e6, f"{took:.1f} s for {len(raw):,} bytes"


def check_csv(raw: bytes) -> None:
    check_table(".csv", raw)


def check_jsonl(raw: bytes) -> None:
    check_table(".jsonl", raw)


def check_parquet(raw: bytes) -> None:
    check_table(".parquet", raw)


def check_model_file(name: str, raw: bytes) -> None:
    model()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for path in (CACHE / "model").iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        (folder / name).write_bytes(raw)
        try:
            model_folders.seal(folder, *({name} & {*model_folders.CHECKSUMS}))
        except (ValueError, RecursionError, TypeError, AttributeError):  # no manifest that could be sealed
            persistence_refuses(folder)
            return
        assert model_folders.outcome(folder)


def persistence_refuses(folder: Path) -> None:
    try:
        persistence.load_model(folder)
    except ModelError:
        return
    raise AssertionError("opened what is no manifest")


def check_arrays(raw: bytes) -> None:
    check_model_file(model_folders.ARRAYS, raw)


def check_manifest(raw: bytes) -> None:
    check_model_file(model_folders.MANIFEST, raw)


CHECKS: dict[str, Callable[[bytes], None]] = {
    "text": check_text,
    "csv": check_csv,
    "jsonl": check_jsonl,
    "parquet": check_parquet,
    "arrays": check_arrays,
    "manifest": check_manifest,
}


def seeds_of(name: str) -> list[bytes]:
    kept = [
        path.read_bytes() for folder in (FOUND / name, CACHE / name) if folder.is_dir() for path in folder.iterdir()
    ]
    texts = [text.encode("utf-8", "surrogatepass") for text in test_contexts.TEXTS]
    tables = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "tables").rglob(f"*.{name}"))]
    files = {"arrays": [model_folders.ARRAYS], "manifest": [model_folders.MANIFEST]}.get(name, [])
    own = [(CACHE / "model" / file).read_bytes() for file in files]
    plain = (
        [b'id,text\n1,"so, ""so"""\n2,no\n']
        if name == "csv"
        else [b'{"text": "so", "n": 1}\n']
        if name == "jsonl"
        else []
    )
    return kept + (texts if name == "text" else tables + own + plain)


def changed(raw: bytes, others: list[bytes], draw: random.Random) -> bytes:
    made = bytearray(raw)
    for _ in range(draw.choice((1, 1, 2, 4, 8))):
        begin = draw.randrange(len(made) + 1)
        end = min(len(made), begin + draw.choice((1, 2, 8, 64, 1000)))
        word = draw.choice(WORDS).encode("utf-8", "surrogatepass")
        kind = draw.randrange(6)
        if kind == 0 and begin < len(made):
            made[begin] ^= 1 << draw.randrange(8)
        elif kind == 1:
            made[begin:begin] = word
        elif kind == 2:
            made[begin:end] = b""
        elif kind == 3:
            made[begin:begin] = bytes(made[begin:end]) * draw.choice((1, 2, 10, 1000))
        elif kind == 4:
            other = draw.choice(others)
            start = draw.randrange(len(other) + 1)
            made[begin:end] = other[start : start + draw.choice((4, 40, 400))]
        else:
            made[begin:begin] = word * draw.choice((2, 20, 2000))
    return bytes(made[:LONGEST])


def keep(name: str, raw: bytes) -> Path:
    path = FOUND / name / hashlib.sha256(raw).hexdigest()[:12]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    return path


def run(seconds: float, seed: int) -> None:
    draw, start = random.Random(seed), time.process_time()
    model()
    seeds = {name: found for name in CHECKS if (found := seeds_of(name))}
    tried = dict.fromkeys(seeds, 0)
    while (spent := time.process_time() - start) < seconds:
        name = draw.choice(list(seeds))
        raw = changed(draw.choice(seeds[name]), seeds[name], draw)
        try:
            CHECKS[name](raw)
        except BaseException:
            sys.stderr.write(f"kept as {keep(name, raw)}\n")
            raise
        tried[name] += 1
    sys.stderr.write(f"nothing found in {spent:.0f} s of a core; tried {tried}\n")


def run_guided(seconds: float, seed: int) -> None:
    import atheris

    corpus = CACHE / "text"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(seeds_of("text")):
        (corpus / f"seed-{number}").write_bytes(text[:COMPARED])
    model()
    for module in (memos, attitudes, context_numbers, contexts, hashing, mentions, tfidf, tokens):
        for function in vars(module).values():
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                atheris.instrument_func(function)

    def target(raw: bytes) -> None:
        try:
            check_text(raw)
        except BaseException:
            sys.stderr.write(f"kept as {keep('text', raw)}\n")
            raise

    warnings.filterwarnings("ignore", "overflow encountered in scalar multiply")  # as hashes do
    options = [f"-max_total_time={int(seconds)}", f"-seed={seed + 1}", f"-max_len={COMPARED}"]
    options.append(f"-artifact_prefix={CACHE}/")
    atheris.Setup([sys.argv[0], str(corpus), *options], target)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--guided", action="store_true")
    options = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    (run_guided if options.guided else run)(options.seconds, options.seed)


if __name__ == "__main__":
    main()
