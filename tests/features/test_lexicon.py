"""What countries are called: read with all faults named, one's own names first, capitals where they matter."""

from __future__ import annotations

import copy
import csv
import pickle
from pathlib import Path

import numpy as np
import pytest

from stance.errors import OptionError
from stance.features.lexicon import MAX_ALIAS_CHARS, Alias, Lexicon, check_targets, read_aliases
from stance.features.mentions import named_targets
from stance.heads import ATTITUDES, BUNDLED

BUNDLED_LEXICON = Lexicon.bundled()
HEAD = "target,kind,alias,case\n"
# fmt: off
SOME = Lexicon((
    Alias("peru", "capital", "Lima"), Alias("peru", "nickname", 'the "Land, of" Incas', "exact"),
    Alias("viet_nam", "name", "Việt Nam"),
), {"good": 1.9})


# fmt: on


def named(text: str, lexicon: Lexicon = BUNDLED_LEXICON) -> set[str]:
    told = named_targets([text], lexicon, lexicon.targets)[0]
    return {target for target, is_named in zip(lexicon.targets, told, strict=True) if is_named}


def with_text(text: str, folder: Path, encoding: str = "utf-8") -> Lexicon:
    (folder / "more.csv").write_bytes(text.encode(encoding))
    return BUNDLED_LEXICON.with_file(str(folder / "more.csv"))


def test_cells_are_stripped_and_columns_may_lack_or_stand_in_any_order() -> None:
    assert read_aliases("alias,note,target\n Lima ,x, peru\n", "a.csv") == [Alias("peru", "", "Lima", "")]
    assert read_aliases(HEAD + "peru,capital,Lima,exact\n", "a.csv") == [Alias("peru", "capital", "Lima", "exact")]
    assert read_aliases(HEAD, "a.csv") == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",name,Lima,", "target and alias must not be empty"),
        ("peru,name, ,", "target and alias must not be empty"),
        ("peru", "target and alias must not be empty"),
        ("pe-ru,name,Lima,", "target 'pe-ru', expected letters, digits and _"),
        ("_,name,Lima,", "target '_', expected letters, digits and _"),
        ("peru,name,!?,", "alias '!\\?', expected a word of up to 200 characters"),
        ("peru,name,Lima,EXACT", "case 'EXACT', expected 'exact' or nothing"),
    ],
)
def test_faults_with_their_lines(row: str, fault: str) -> None:
    with pytest.raises(OptionError, match=f"^a.csv: line 3: {fault}$"):
        read_aliases(f"{HEAD}peru,name,Peru,\n{row}\n", "a.csv")


def test_the_longest_alias_is_read_and_a_longer_one_refused() -> None:
    longest = "x" * MAX_ALIAS_CHARS
    assert read_aliases(f"target,alias\nperu,{longest}\n", "a.csv")[0].alias == longest
    with pytest.raises(OptionError, match="line 2: alias 'xxxxxxxxxxxxxxxxxxxx', expected a word of up to 200"):
        read_aliases(f"target,alias\nperu,{longest}x\n", "a.csv")


def test_all_faults_in_one_error() -> None:
    expected = (
        "^a.csv: line 2: target and alias must not be empty; line 4: target 'a b', expected letters, digits and _; "
        "line 5: case 'no', expected 'exact' or nothing$"
    )
    with pytest.raises(OptionError, match=expected):
        read_aliases(f"{HEAD},name,Lima,\nperu,name,Peru,\na b,name,Lima,\nperu,name,Inca,no\n", "a.csv")


@pytest.mark.parametrize(
    ("header", "lacking"),
    [("target,kind", "alias"), ("alias", "target"), ("Target,Alias", "target, alias"), ("", "target, alias")],
)
def test_missing_columns(header: str, lacking: str) -> None:
    with pytest.raises(OptionError, match=f"^a.csv: no column {lacking}; expected target, alias and, if need be"):
        read_aliases(f"{header}\nperu,Lima\n", "a.csv")


def test_a_byte_order_mark_is_no_letter(tmp_path: Path) -> None:
    lexicon = with_text("target,alias\nmars,Red Planet\n", tmp_path, "utf-8-sig")
    assert lexicon.aliases[0] == Alias("mars", "", "Red Planet")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(OptionError, match=r"^none\.csv: the lexicon cannot be read \(No such file or directory\)$"):
        BUNDLED_LEXICON.with_file("none.csv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="the lexicon cannot be read"):
        BUNDLED_LEXICON.with_file(str(tmp_path))


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"more\.csv: the lexicon cannot be read \(it is not UTF-8\)$"):
        with_text("target,alias\nperu,Perú\n", tmp_path, "latin-1")


def test_faults_of_a_file_bear_its_name(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"more\.csv: line 2: target and alias must not be empty$"):
        with_text("target,alias\nperu,\n", tmp_path)


def test_aliases_of_a_file_take_precedence(tmp_path: Path) -> None:
    lexicon = with_text(f"{HEAD}mars,name,BEIJING,\nus,name,us,\nrussia,name,China,exact\n", tmp_path)
    assert named("Beijing and Peking", BUNDLED_LEXICON) == {"china"}
    assert named("Beijing", lexicon) == {"mars"}
    assert named("Peking", lexicon) == {"china"}
    assert named("they told us", lexicon) == {"us"}
    assert (named("China lies", lexicon), named("china lies", lexicon)) == ({"russia"}, set())
    assert lexicon.tones == BUNDLED_LEXICON.tones
    assert lexicon.aliases[3:] == BUNDLED_LEXICON.aliases


def test_of_aliases_that_are_the_same_words_the_first_counts() -> None:
    aliases = (Alias("peru", "", "Lima City"), Alias("ohio", "", "lima-city"), Alias("ohio", "", "Lima"))
    lexicon = Lexicon(aliases, {"good": 1.9})
    assert (named("Lima City", lexicon), named("Lima", lexicon)) == ({"peru"}, {"ohio"})
    assert len(lexicon.compiled([]).targets) == 2


def test_bundled_aliases_are_unique_and_no_words_name_two_targets() -> None:
    assert len({each.alias.lower() for each in BUNDLED_LEXICON.aliases}) == len(BUNDLED_LEXICON.aliases) > 2000
    apart = [tuple(a for a in BUNDLED_LEXICON.aliases if a.target == target) for target in BUNDLED_LEXICON.targets]
    counts = [len(Lexicon(aliases, {"good": 1.9}).compiled([]).targets) for aliases in apart]
    assert len(BUNDLED_LEXICON.compiled([]).targets) == sum(counts)


def test_bundled_list_is_valid_and_has_every_bundled_target() -> None:
    assert read_aliases(BUNDLED_LEXICON.to_csv(), "a.csv") == list(BUNDLED_LEXICON.aliases)
    assert all(target == target.lower().strip("_") for target in BUNDLED_LEXICON.targets)
    heads = [head for head, labels in BUNDLED.items() if labels == ATTITUDES]
    assert heads == ["china", "russia", "us", "india", "pakistan"]
    assert set(heads) <= set(BUNDLED_LEXICON.targets)


def test_every_bundled_alias_names_its_target() -> None:
    texts = [f"what people say of {each.alias} today" for each in BUNDLED_LEXICON.aliases]
    told = named_targets(texts, BUNDLED_LEXICON, BUNDLED_LEXICON.targets)
    expected = [[target == each.target for target in BUNDLED_LEXICON.targets] for each in BUNDLED_LEXICON.aliases]
    assert [text for text, row, right in zip(texts, told.tolist(), expected, strict=True) if row != right] == []


def test_bundled_tones_are_those_of_lower_case_words_and_within_bounds() -> None:
    assert all(word == word.lower() and -4 <= tone <= 4 and tone for word, tone in BUNDLED_LEXICON.tones.items())
    assert BUNDLED_LEXICON.tones["great"] > 0 > BUNDLED_LEXICON.tones["horrible"]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("they told us", set()),
        ("Us too", set()),
        ("the US told them", {"us"}),
        ("THEY LIED TO US", set()),
        ("THEY LIED TO THE USA", {"us"}),
        ("THEY LIED and then said sorry to the US", {"us"}),
    ],
)
def test_the_pronoun_is_not_the_country(text: str, targets: set[str]) -> None:
    assert named(text) == targets


def test_csv_round_trip() -> None:
    assert read_aliases(SOME.to_csv(), "a.csv") == list(SOME.aliases)
    assert SOME.to_csv().splitlines()[:2] == ["target,kind,alias,case", "peru,capital,Lima,"]


def test_targets_in_the_order_of_their_first_alias() -> None:
    assert Lexicon((*SOME.aliases, Alias("peru", "", "Inca")), {}).targets == ["peru", "viet_nam"]


def test_unknown_targets_are_refused() -> None:
    check_targets(["peru"], SOME.targets)
    check_targets([], [])
    expected = "^no target mars, venus in the lexicon; it has peru, viet_nam; add others with --lexicon FILE$"
    with pytest.raises(OptionError, match=expected):
        check_targets(["mars", "peru", "venus"], ["viet_nam", "peru"])


def test_lines_of_faults_are_those_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"line 3: target and alias must not be empty"):
        read_aliases("target,alias\n\niran,\n", "more.csv")
    with pytest.raises(OptionError, match=r"line 3: alias 'Sri.*' has a line break, expected one line"):
        read_aliases('target,alias\nsri_lanka,"Sri\nBananaland"\n', "more.csv")


def test_says_how_many_more_faults_there_are() -> None:
    with pytest.raises(OptionError, match=r"line 6: .*; and 2 more$"):
        read_aliases("target,alias\n" + "iran,\n" * 7, "more.csv")


def test_what_is_no_csv_is_a_fault() -> None:
    limit = csv.field_size_limit(1000)
    try:
        with pytest.raises(OptionError, match=r"more\.csv: line 2: not CSV"):
            read_aliases("target,alias\niran," + "x" * 2000 + "\n", "more.csv")
    finally:
        csv.field_size_limit(limit)


def test_the_lexicon_is_compiled_once() -> None:
    lexicon = Lexicon(SOME.aliases, SOME.tones)
    one, other = lexicon.compiled(["peru"]), lexicon.compiled(["viet_nam", "peru"])
    assert lexicon.compiled(("peru",)) is one
    assert other.table is one.table
    assert (one.targets.tolist(), other.targets.tolist()) == ([0, 0, 1], [1, 1, 0])


def test_targets_are_numbered_as_asked_and_others_behind_them() -> None:
    sought = ["india", "atlantis", "us", "us"]
    numbers = {target: number for number, target in enumerate(dict.fromkeys([*sought, *BUNDLED_LEXICON.targets]))}
    own, found = (BUNDLED_LEXICON.compiled(targets).targets for targets in (BUNDLED_LEXICON.targets, sought))
    np.testing.assert_array_equal(found, [numbers[BUNDLED_LEXICON.targets[number]] for number in own])


def test_a_compiled_lexicon_is_equal_and_travels_without_what_was_compiled() -> None:
    fresh, used = (Lexicon(SOME.aliases, SOME.tones) for _ in range(2))
    used.compiled(["peru"])
    assert used == fresh
    assert repr(used) == repr(fresh)
    assert pickle.dumps(used) == pickle.dumps(fresh)
    for copied in (copy.copy(used), copy.deepcopy(used), pickle.loads(pickle.dumps(used))):
        assert copied == used
        assert vars(copied) == vars(fresh)
    with pytest.raises(TypeError, match="unhashable"):
        hash(used)


def test_a_lexicon_without_aliases_cannot_be_compiled() -> None:
    for aliases in ((), (Alias("peru", "", "!"),)):
        with pytest.raises(OptionError, match="the lexicon has no alias; expected one or more"):
            Lexicon(aliases, {"good": 1.9}).compiled(["peru"])
