"""The report shows what it is given, runs nothing of it, and is the same for the same numbers."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from stance.figures import confusion_figure
from stance.report import Evaluation, report_files, verdict

HOSTILE = '<script>alert("x")</script>|$a_b$\n**x**'


def metrics(low: float = 0.5, labels: tuple[str, ...] = ("no", "yes")) -> dict[str, Any]:
    summary = {"macro_f1": 0.6, "macro_recall": 0.6, "accuracy": 0.7}
    intervals = {f"{name}_interval": [low, 0.8] for name in summary}
    found = {"precision": 0.5, "recall": 0.25, "f1": 1 / 3, "support": 1234}
    return {
        "n": 2468,
        "unscored": 3,
        **summary,
        **intervals,
        "labels": dict.fromkeys(labels, found),
        "confusion": [[1000, 234], [34, 1200]],
        "ece": 0.1,
        "baselines": {
            "majority": {
                **{name: value / 2 for name, value in summary.items()},
                **intervals,
                "difference": 0.3,
                "difference_interval": [low - 0.3, 0.4],
            }
        },
        "coverage": [
            {"share": share, "coverage": share, "confidence": 0.5, "accuracy": 0.75, "macro_f1": 0.7}
            for share in (1, 0.5)
        ],
    }


def evaluation(head: str = "mood", **about: Any) -> Evaluation:
    data = {"name": "a.csv", "rows": 2468, "articles": 12, "sha256": "0" * 64, "seen": False, **about}
    return Evaluation(
        {head: metrics(labels=("no", head))}, {"name": "m", "held_out": True, "arrays_sha256": "", "swap": None}, data
    )


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_page_stands_alone_and_runs_nothing() -> None:
    page = report_files(evaluation(HOSTILE))["report.html"].decode()
    tags = Tags()
    tags.feed(page)
    assert "script" not in {tag for tag, _ in tags.seen}
    assert "svg" in {tag for tag, _ in tags.seen}
    for _, attributes in tags.seen:
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert not (name in {"src", "href", "xlink:href"} and not str(value).startswith("#"))
    assert "&lt;script&gt;" in page


def test_markdown_table_survives_hostile_names() -> None:
    text = report_files(evaluation(HOSTILE))["report.md"].decode()
    assert "<script>" not in text
    header, line, row = text[text.index("| head | comments") :].splitlines()[:3]
    columns = len(re.findall(r"(?<!\\)\|", header))
    assert columns == len(re.findall(r"(?<!\\)\|", row)) == line.count("|")


def test_report_is_the_same_for_the_same_numbers() -> None:
    assert report_files(evaluation()) == report_files(evaluation())


def test_report_warns_of_training_data_and_names_the_unscored() -> None:
    files = {name: content.decode() for name, content in report_files(evaluation(seen=True)).items()}
    for name in ("report.md", "report.html"):
        assert "These scores are flattering" in files[name]
        assert "3 comments have a label for mood but got none" in files[name]
        assert "1,234" in files[name]
    assert "flattering" not in report_files(evaluation())["report.md"].decode()


def test_report_fits_the_summary_page_of_ci() -> None:
    heads = {f"head {number}": metrics() for number in range(50)}
    whole = Evaluation(heads, evaluation().model, evaluation().data)
    assert len(report_files(whole)["report.md"]) < 200_000


def test_verdict_names_what_is_not_surely_better() -> None:
    said = verdict({"tone": metrics(), "mood": metrics(low=0.1)})
    assert "surely better than guessing the commonest label on tone, and not surely on mood." in said
    assert verdict({"mood": metrics(low=0.1)}).endswith("on no head.")
    assert "Of the heads, tone is labelled best" in verdict({"tone": metrics(), "mood": metrics()})


def test_verdict_is_careful_with_few_comments() -> None:
    assert "say little" in verdict({"mood": {**metrics(), "n": 99}})
    assert "on no head" in verdict({"mood": {**metrics(), "n": 29}})


def test_figure_shows_counts_as_text() -> None:
    figure = confusion_figure("mood", ["no", "yes"], [[1000, 0], [0, 0]])
    assert figure.startswith("<svg")
    assert "1,000" in figure
    assert "100%" in figure
