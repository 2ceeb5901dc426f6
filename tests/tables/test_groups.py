"""Groups: what ties rows and articles together, and what does not."""

from __future__ import annotations

import pytest

from stance.tables.duplicates import cluster_copies
from stance.tables.groups import Groups, group_rows, has_articles
from stance.training.folds import assign_folds
from tests.helpers.texts import LONG

ARTICLES = [f"a{row // 10}" for row in range(300)]
OTHER = "nobody would have thought that it could come to this so soon after the vote"


def comments(rows: int = 300) -> list[str]:
    return [f"number {row} says what {row * 7} others of group {row * 3} said in {row * 11}" for row in range(rows)]


def recurring(text: str) -> list[str]:
    """Comments under 30 articles, the first of each of which is the same text."""
    return [text if row % 10 == 0 else each for row, each in enumerate(comments())]


@pytest.mark.parametrize("text", ["Jai Hind", "", "   ", "...", "🇮🇳🇮🇳", "Happy birthday to you!", LONG], ids=range(7))
def test_a_text_that_recurs_under_all_articles_ties_none_of_them(text: str) -> None:
    groups = Groups.of(recurring(text), ARTICLES)
    assert groups.folds == groups.drawn == [f"article {article}" for article in ARTICLES]


@pytest.mark.parametrize("text", ["", "\u200b\u00a0", "--"])
def test_blank_rows_are_not_alike(text: str) -> None:
    assert len(set(group_rows([text] * 5 + ["so"], None))) == 6
    assert Groups.of([text] * 5, None).drawn is None
    groups = Groups.of([text] * 4 + ["so", "no"], ["", "", "", "", "a", "b"])
    assert len(set(groups.folds)) == len(set(groups.drawn or ())) == 6


def test_same_text_is_never_in_two_folds() -> None:
    folds = assign_folds(group_rows(["Yes", "yes ", "no", "No!", "why", "so"], None), 5, 0)
    assert folds[0] == folds[1]
    assert folds[2] == folds[3]


@pytest.mark.parametrize("change", ["{} Honestly.", "Well, {}", "{}!!!", "{} my friends", "  {}  "])
@pytest.mark.parametrize("text", [LONG, "they lie all day", "they lie to us again", "so it goes my dear old friend"])
def test_near_copies_are_in_one_fold_and_counted(text: str, change: str) -> None:
    groups = Groups.of([*comments(20), text, change.format(text)], None)
    assert groups.folds[20] == groups.folds[21]
    assert groups.near_copies == (len(text.split()) > 4)


def test_other_comments_are_no_copies() -> None:
    texts = ["I love China", "I love India", "China and India", "China", LONG, OTHER]
    assert cluster_copies(texts) == list(range(6))


def test_every_row_copied_is_half_as_many_groups_for_folds_and_for_intervals() -> None:
    texts = comments(100)
    groups = Groups.of([*texts, *(f"{text} Honestly." for text in texts)], None)
    assert len(set(groups.folds)) == len(set(groups.drawn or ())) == groups.near_copies == 100


def test_a_long_comment_under_two_articles_ties_their_folds_but_not_their_intervals() -> None:
    texts = comments()
    texts[0] = texts[299] = LONG
    groups = Groups.of(texts, ARTICLES)
    assert groups.folds[0] == groups.folds[299]
    assert len(set(groups.folds)) == 29
    assert len(set(groups.drawn or ())) == 30


def test_an_article_under_two_names_is_one() -> None:
    texts = comments(100)
    groups = Groups.of([*texts, *texts], [*ARTICLES[:100], *(f"copy of {each}" for each in ARTICLES[:100])])
    assert len(set(groups.folds)) == len(set(groups.drawn or ())) == 10


@pytest.mark.parametrize("times", [2, 5, 9])
def test_copies_under_an_article_each_are_one_group(times: int) -> None:
    texts = [text for text in comments(40) for _ in range(times)]
    groups = Groups.of(texts, [f"a{row}" for row in range(len(texts))])
    assert len(set(groups.folds)) == len(set(groups.drawn or ())) == 40
    assert groups.near_copies == 40 * (times - 1)


def test_copies_do_not_tie_all_articles_in_a_chain() -> None:
    texts = comments()
    for row in range(0, 290, 10):  # the last comment of each article is the first of the next
        texts[row + 9] = texts[row + 10]
    groups = Groups.of(texts, ARTICLES)
    sizes = [groups.folds.count(name) for name in set(groups.folds)]
    assert max(sizes) <= 30
    assert len(set(groups.drawn or ())) == 30


def test_copies_of_one_slogan_are_found_in_time() -> None:
    texts = [f"say it again and again and again my friends: number {row}" for row in range(20_000)]
    assert set(cluster_copies(texts)) == {0}


def test_a_lone_surrogate_is_a_character_like_others() -> None:
    assert cluster_copies([f"{LONG} \ud800", LONG]) == [0, 0]


def test_two_articles_are_articles() -> None:
    assert has_articles(["a", "b"])
    assert not has_articles(["", ""])
