"""The scripts of benchmarks/ run, and measure what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import clock, coverage, realism, tables, torture, training, transfer, tweeteval
from stance.settings import Settings
from tests.conftest import HEADER, ROWS, write_csv

COUNTRY_NAMES = ("China", "Russia", "America", "India", "Pakistan")
ROOT = Path(__file__).parents[2]


def run(script: str, *arguments: str | Path) -> str:
    command = [sys.executable, str(ROOT / "benchmarks" / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def comments(words: str, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(words.split(), 12)) for _ in range(60)]


def test_auc_is_half_for_the_same_and_one_for_different_words() -> None:
    is_written = np.repeat([0, 1], 60)
    same = comments("they lie and we pay for war", 0) + comments("they lie and we pay for war", 1)
    assert realism.auc(same, is_written, seed=0) == pytest.approx(0.5, abs=0.15)
    apart = comments("they lie and we pay", 0) + comments("one good old port", 1)
    assert realism.auc(apart, is_written, seed=0) == 1
    real, written = realism.telltale_words(apart, is_written, 3)
    assert not {"they", "lie", "and", "we", "pay"} & set(" ".join(written).split())
    assert not {"one", "good", "old", "port"} & set(" ".join(real).split())


def test_distinct_trigrams() -> None:
    assert realism.distinct_trigrams(["a b c d", "a b c d"]) == 50


def test_realism_prints_all_measures(tmp_path: Path) -> None:
    for name, seed in (("real.csv", 0), ("written.csv", 1)):
        write_csv(tmp_path / name, ("text",), [(text,) for text in comments("They lie? and WE pay 🙂 www.x", seed)])
    shown = run("realism.py", "--real", tmp_path / "real.csv", "--written", tmp_path / "written.csv", "--words", "2")
    assert "60 comments of each (60 written, 60 real)" in shown
    for measure in (*realism.MEASURES, "AUC", "give the written ones away", "give the real ones away"):
        assert measure in shown


def test_a_script_is_not_taken_for_the_package_of_its_name() -> None:
    command = [sys.executable, "-c", "import coverage"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT / "benchmarks")
    assert "ImportError: not the package coverage" in done.stderr


def test_coverage_writes_its_section_and_leaves_the_others(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\ntable\n")
    run("coverage.py", "--runs", "2", "--out", page)
    once = page.read_text()
    assert once.startswith("# Page\n\ntable\n\n<!-- coverage: begin -->")
    assert once.count("|\n") > 30
    page.write_text(f"{once}\n## Another\n")
    run("coverage.py", "--runs", "2", "--seed", "1", "--out", page)
    assert page.read_text().endswith("<!-- coverage: end -->\n\n## Another\n")
    assert "--runs 2 --seed 1" in page.read_text()
    assert torture.other_sections(page).startswith("\n<!-- coverage: begin -->")


def test_intervals_without_a_warning_hold_what_they_say() -> None:
    for row in (coverage.cover_articles(20, 200, 0), coverage.cover_rows(500, 0.95, 200, 0)):
        assert not row.warned
        assert min(row.macro_f1, row.accuracy) >= 0.9
    assert coverage.cover_rare(2, 100, 0).macro_f1 >= 0.93
    assert coverage.mark_slices(50, 200, 0).share <= 0.06


def test_learning_curve_writes_table_and_figure(tmp_path: Path) -> None:
    written = write_csv(tmp_path / "written.csv", HEADER, [*ROWS, *ROWS])
    real = write_csv(tmp_path / "real.csv", HEADER, ROWS)
    out = tmp_path / "curve"
    shown = run("learning_curve.py", "--real", real, "--data", written, "--sizes", "20", "--out", out)
    assert shown == out.with_suffix(".md").read_text() + "\n"
    assert "| head | 20 | 24 |" in shown
    assert out.with_suffix(".svg").read_text().count("macro F1") == 1


def test_measured_in_turn_and_shown_as_the_median() -> None:
    said: list[str] = []
    rates = iter([1.0, 10.0, 3.0, 30.0, 2.0, 20.0])

    def way(name: str) -> float:
        said.append(name)
        return next(rates)

    assert clock.in_turn({"a": lambda: way("a"), "b": lambda: way("b")}, 3) == {"a": 2, "b": 20}
    assert said == ["a", "b"] * 3


@pytest.mark.skipif(not Path("/usr/bin/time").exists(), reason="peak memory is measured with GNU time")
def test_growth_compares_the_last_two_sizes(tmp_path: Path) -> None:
    lines = tables.growth(["they lie", "we pay"], str(tmp_path), (5, 20, 40))
    assert [line.split("|")[1].strip() for line in lines[5:8]] == ["5", "20", "40"]
    assert lines[-1].startswith("The peak at 40 rows is ")
    assert lines[-1].endswith(" times that at 20.")
    assert len((tmp_path / "scored.csv").read_text().splitlines()) == 41


@pytest.mark.skipif(not Path("/usr/bin/time").exists(), reason="peak memory is measured with GNU time")
def test_reasons_are_rated_beside_the_plain_rate(tmp_path: Path) -> None:
    lines = tables.explaining(["they lie", "we pay"], str(tmp_path), rows=5, repeats=1)
    assert [line.split("|")[1].strip(" `") for line in lines[5:7]] == [tables.PLAIN, tables.EXPLAINED]
    assert re.fullmatch(r"With the 5 parts .*: \d+% of the plain rate\.", lines[-1])
    assert (tmp_path / "reasons.csv").read_text().splitlines()[0].count("_reasons") == 7


def test_search_of_scikit_learn_has_the_strengths_and_folds_of_training() -> None:
    settings = Settings(min_df=1)
    search = training.search(settings, np.repeat([0, 1, 2], 20)).fit(comments("they lie", 0), ["good", "bad"] * 30)
    assert search.cv_results_["param_classifier__C"].tolist() == list(settings.Cs)
    assert search.n_splits_ == 3


def test_transfer_labels_a_country_by_what_is_said_of_the_others(tmp_path: Path) -> None:
    texts = [f"{word} {name} {more}" for name in COUNTRY_NAMES for word in ("love", "hate") for more in ("now", "ever")]

    def said(name: str, text: str) -> str:
        return "none" if name not in text else "favor" if "love" in text else "against"

    rows = [(f"r{row}", text, *(said(name, text) for name in COUNTRY_NAMES)) for row, text in enumerate(texts * 3)]
    table = write_csv(tmp_path / "table.csv", ("id", "text", *transfer.COUNTRIES), rows)
    shown = run("transfer.py", "--real", table, "--data", table)
    scores = {line.split("|")[1].strip(): line.split("|")[2].strip() for line in shown.splitlines() if line[:1] == "|"}
    assert [name for name in scores if name in transfer.COUNTRIES] == transfer.COUNTRIES
    assert float(scores["mean"]) == 1


def test_tweeteval_prints_the_official_figures(tmp_path: Path) -> None:
    for target in tweeteval.TARGETS:
        write_task(tmp_path / "datasets" / "stance" / target, ["i see it", "down with it", "hail to it"])
    write_task(tmp_path / "datasets" / "sentiment", ["a horrible day", "on a day", "what a great day"])
    shown = run("tweeteval.py", "--data", tmp_path)
    assert "| stance, cross-validated | mean F1 of favor and against |" in shown
    for name, tweets in (("all together", 180), ("hillary", 36)):  # all right, and yet not certain
        assert re.search(rf"\| {name} \| 100\.0 \| \d\d\.\d to 100\.0 \| {tweets} \|", shown)
    assert shown.count("| hillary |") == 2
    assert "| sentiment, on val | macro recall | 95 % interval | tweets |" in shown


def test_tweeteval_refuses_tweets_without_labels(tmp_path: Path) -> None:
    write_task(tmp_path, ["a", "b", "c"])
    (tmp_path / "val_labels.txt").write_text("0\n")
    with pytest.raises(SystemExit, match="18 tweets and 1 labels in val"):
        tweeteval.read(tmp_path, "val", tweeteval.OPINIONS)


def write_task(folder: Path, texts: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for part in tweeteval.PARTS:
        (folder / f"{part}_text.txt").write_text("".join(f"{text}\n" for text in texts * 6))
        (folder / f"{part}_labels.txt").write_text("0\n1\n2\n" * 6)


def test_the_page_of_torture_counts_cases_and_failures() -> None:
    kept = [
        torture.Kept("No row is lost.", "kills", 1234, []),
        torture.Kept("It ends.", "time", 2, ["it did not"]),
    ]
    lines = torture.page(kept, 90).splitlines()
    assert lines[-2:] == ["| No row is lost. | kills | 1,234 | 0 |", "| It ends. | time | 2 | 1 |"]


def test_dots_of_pytest_are_counted() -> None:
    assert torture.passed("..s. [ 50%]\n..F [100%]\n1 failed. see ... above\n") == 5
