"""The report shows what it is given, runs nothing of it, and is the same for the same numbers."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

from stance.evaluation.report.report import Evaluation, report_files
from stance.evaluation.report.templating import show_controls
from tests.helpers.made_up import HOSTILE, evaluation, head

PAGES = ("report.md", "report.html")


def pages(found: Evaluation) -> dict[str, str]:
    return {name: content.decode() for name, content in report_files(found).items()}


@cache
def made() -> dict[str, str]:
    return pages(evaluation())


def plain(**changes: Any) -> Evaluation:
    """Build an evaluation without anything that may be missing."""
    heads = {"mood": {name: v for name, v in head().items() if name not in {"reliability", "compared"}}}
    whole = evaluation()
    return Evaluation(**{"heads": heads, "model": {**whole.model, "swap": None}, "data": whole.data, **changes})


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_page_holds_no_tag_that_came_from_the_data() -> None:
    page = Page(made()["report.html"])
    assert [len(page.all(tag)) for tag in ("script", "style", "h1", "img", "i", "s", "u")] == [1, 1, 1, 0, 2, 0, 0]
    assert len(page.all("svg")) > 7
    assert page.all("button") == []  # the script makes them: without it, a table promises nothing
    for _, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name != "style"
            assert not (name in {"src", "href", "xlink:href"} and not str(value).startswith("#"))


def test_hostile_comments_are_shown_as_they_are() -> None:
    shown = "".join(Page(made()["report.html"]).texts)
    for text in HOSTILE:
        assert show_controls(text[:300]) in shown


def test_links_lead_to_sections_of_the_page() -> None:
    page = Page(made()["report.html"])
    links = [str(attributes["href"])[1:] for attributes in page.all("a")]
    names = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert links == [
        "scores", "compared", "labels", "confusion", "reliability", "coverage", "cross", "slices", "swap", "words",
        "errors",
    ]  # fmt: skip
    assert [name for name in names if name in links] == links
    assert len(set(names)) == len(names)


def test_sections_follow_in_one_order_on_both_pages() -> None:
    titles = [
        "How good", "Compared", "Scores of", "Which labels", "Can the", "Accuracy when", "Stance by", "Where the",
        "When two", "Most influential", "Most confident",
    ]  # fmt: skip
    found = made()
    text = re.sub("</?bdi>", "", found["report.html"])
    for page in (found["report.md"], text[text.index("</nav>") :]):
        headings = re.findall(r"(?:^## |<h2 [^>]*>)(.*)", page, re.MULTILINE)
        assert len(headings) == len(titles)
        assert all(heading.startswith(title) for heading, title in zip(headings, titles, strict=True))


def test_markdown_lets_no_name_out_of_its_cell() -> None:
    text = made()["report.md"]
    assert not re.search(r"<\w|(?<!\\)\]\(|\u202e", text)
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in table.splitlines()]
        assert len(set(widths)) == 1, table


def test_markdown_keeps_what_belongs_to_an_error_in_its_list() -> None:
    text = made()["report.md"]
    errors = text[text.index("## Most confident") :].splitlines()[4:]
    assert all(re.match(r"\d+\. \*\*|    > “|    Why: ", line) for line in errors if line)
    assert sum(line.startswith("    Why: ") for line in errors) == len(HOSTILE)


def test_report_is_the_same_for_the_same_numbers() -> None:
    assert report_files(evaluation()) == report_files(evaluation())


def test_report_warns_of_training_data_and_names_the_unscored() -> None:
    seen = pages(plain(data={**evaluation().data, "seen": True}))
    for name in PAGES:
        assert "These scores are optimistic" in seen[name]
        assert "are not in the scores: 3 for" in seen[name]
        assert "1,234" in seen[name]
        assert "good enough to publish cannot be told" in seen[name]
        assert "Krippendorff" not in seen[name]
    assert "optimistic" not in pages(plain())["report.md"]


@pytest.mark.parametrize(
    "empty", [{}, dict.fromkeys(("slices", "errors", "words", "disagreements"))], ids=["absent", "none"]
)
def test_parts_that_were_not_measured_are_left_out(empty: dict[str, Any]) -> None:
    found = pages(plain(**empty))
    assert re.findall("^## (.*)", found["report.md"], re.MULTILINE) == [
        "How good are the labels?", "Scores of each label", "Which labels are confused (confusion matrix)",
        "Can the confidence be trusted? (calibration)", "Accuracy when only confident labels are given (coverage)",
    ]  # fmt: skip
    assert [link["href"] for link in Page(found["report.html"]).all("a")] == [
        "#scores", "#labels", "#confusion", "#coverage"
    ]  # fmt: skip


def test_odd_numbers_are_shown() -> None:
    one = head(("none",), coverage=[])
    one |= {"n": 10, "confusion": [[10]], "baselines": {"majority": one["baselines"]["majority"]}}
    never = head(("known", "never seen in training"), confusion=[[10, 0], [1, 0]])
    no_rows = head(("a",), n=0, confusion=[[0]], reliability=[], coverage=[])
    swap = {**evaluation().model["swap"], "share": None, "share_of_opinions": None, "bare": {}}
    silent = {"row": 2, "id": None, "head": "one", "text": "", "true": "a", "predicted": "b", "confidence": 1.0}
    found = pages(
        plain(
            heads={"one": one, "never": never, "empty": no_rows},
            data={**evaluation().data, "rows": 10, "articles": None},
            model={"name": "m", "held_out": True, "arrays_sha256": "", "swap": swap},
            errors=[{**silent, "reasons": []}],
            cross={"rows": "a", "columns": "b", "row_labels": [], "column_labels": [], "true": [], "predicted": []},
            compared_with={"name": "nothing in common", "kind": "model"},
        )
    )
    for name in PAGES:
        assert "never seen in training" in found[name]
        assert "99.9%" in found[name]
        assert "without it (cross-validation)" in found[name]


def test_markdown_fits_the_summary_page_of_ci() -> None:
    features = [{"feature": "𝄞|" * 999, "weight": 1.0}] * 10
    words = {f"head {number} {'x' * 5000}": {"|" * 999: features} for number in range(199)}
    text = report_files(plain(words=words, errors=evaluation().errors))["report.md"]
    assert len(text) < 200_000
    assert text.endswith(b"the full report is `report.html`.\n")


def test_tables_sort_numbers_by_their_value() -> None:
    page = made()["report.html"]
    assert '<td data-v="2468">2,468</td>' in page
    assert '<td data-v="0.6"><strong>0.600</strong>' in page


def test_marks_stand_where_the_model_is_significantly_worse() -> None:
    found = evaluation()
    compared = {**found.heads["china"]["compared"], "difference_interval": [-0.3, -0.1], "significantly_worse": 0.1}
    worse = replace(found, heads={**found.heads, "china": {**found.heads["china"], "compared": compared}})
    page = pages(worse)["report.html"]
    assert page.count('class="worse"') == pages(found)["report.html"].count('class="worse"') + 1
    assert "significantly worse on china" in page
    assert "**significantly worse**" in pages(worse)["report.md"]


def test_marks_of_the_table_are_those_of_the_headline() -> None:
    few = {**head(), "n": 29}
    found = pages(plain(heads={"mood": few}))
    assert "not significantly better" in found["report.md"]
    assert found["report.md"].count(" **!** |") == len(few["baselines"])
    assert found["report.html"].count('class="not-better"') == len(few["baselines"])


def test_the_figure_of_scores_comes_before_the_tables() -> None:
    page = made()["report.html"]
    assert 0 < page.index("macro F1 of each head with its interval") < page.index("<table")


def test_exchanges_are_not_called_labels() -> None:
    for name in PAGES:
        text = re.sub("<[^>]*>|[*]", "", made()[name])
        assert "After 90% of 400 exchanges, of 100 such labels, the label followed the country" in text
        assert "of the 200 exchanges of labels that take a side" in text


def test_cautions_and_the_floor_of_the_calibration_error_are_shown() -> None:
    found = pages(plain(heads={"mood": {**head(), "ece_floor": 0.0321}}, cautions=["Only <b>few</b> comments."]))
    for name in PAGES:
        assert "0.032" in found[name]
        assert "few&lt;/b" in found[name]
        assert "VADER (nltk)" in found[name]


def test_a_comparison_of_several_heads_says_how_they_share_the_level() -> None:
    found = evaluation()
    heads = {name: {**each, "compared": {**each["compared"], "tests": 3}} for name, each in found.heads.items()}
    shared = pages(replace(found, heads=heads))
    assert all("So that up to 3 heads together" in shared[name] for name in PAGES)
    assert "heads together" not in made()["report.md"]


def test_policy_of_the_page_names_its_style_and_its_script() -> None:
    page = pages(plain())["report.html"]
    policy = str(Page(page).all("meta")[1]["content"])
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_metrics_are_what_was_measured() -> None:
    found = json.loads(made()["metrics.json"])
    assert found["errors"] == evaluation().errors
    assert list(found)[:3] == ["heads", "model", "data"]


def test_the_page_holds_no_control_character() -> None:
    names = ("\x1b[2Jnone", "\u202efavor\u200f", "\u2067against\x9b")
    shown = pages(replace(evaluation(), heads={"\x1b]0;mood\x07\u061c": head(names)}))
    for name in PAGES:
        assert {char for char in shown[name] if unicodedata.category(char) in ("Cc", "Cf")} <= {"\n", "\u200d", "\xad"}
    assert "\\x1b[2Jnone" in shown["report.html"]
