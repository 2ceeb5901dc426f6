"""Imports run one way: a module may import those of lower levels only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "stance"
LEVELS = [
    {"errors", "labels", "settings", "text", "prefetch", "arrays", "spreadsheet"},
    {"folder", "pages", "formats", "bootstrap", "reliability", "lexicon", "likeness", "suspects", "agreement"},
    {"kernel"},
    {
        "comments",
        "schema",
        "privacy",
        "features",
        "ngrams",
        "split",
        "scores",
        "gate",
        "mentions",
        "classifier",
        "design",
    },
    {"vocabulary"},
    {"vectorizer", "predictions", "figures", "toward", "calibration", "regression", "slices", "contributions"},
    {"attitudes", "metrics", "heldout", "source", "growing"},
    {"signals", "viewpoints", "baseline", "occurrences", "job"},
    {"model"},
    {"reasons"},
    {"explainer", "shares"},
    {"explanation"},
    {"judgement", "stacking", "persistence", "pipeline", "card", "batch", "report", "swap"},
    {"strength", "rival", "evaluation"},
    {"validation", "mistakes"},
    {"workflow"},
    {"review"},
    {"cli"},
]
FORBIDDEN = {"model": "comments", "classifier": "comments", "scores": "model", "report": "model", "figures": "model"}


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "stance":
            parts = node.module.split(".")[1:]
            found.update(parts[:1] or [alias.name for alias in node.names])
        elif isinstance(node, ast.Import):
            found.update(alias.name.split(".")[1] for alias in node.names if alias.name.startswith("stance."))
    return found


FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if module_of(path) not in {"__init__", "__main__"}]


def level(module: str) -> int:
    return next(number for number, names in enumerate(LEVELS) if module in names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    module = module_of(path)
    for other in imported(path) - {"__version__"}:
        assert other == module or level(other) < level(module), f"{module} imports {other}"
        assert FORBIDDEN.get(module) != other


def test_the_check_sees_imports() -> None:
    assert {"batch", "comments", "persistence"} <= imported(PACKAGE / "workflow.py")


def test_bundled_names_stay_in_labels() -> None:
    for path in FILES:
        if module_of(path) not in {"labels", "lexicon"}:
            strings = [n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant)]
            assert not {"china", "russia", "pakistan", "pro_us", "tone"} & {s for s in strings if isinstance(s, str)}, (
                path
            )


def test_only_the_console_prints() -> None:
    for path in FILES:
        if path.parent.name != "cli":
            calls = [n.func for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
            assert "print" not in [f.id for f in calls if isinstance(f, ast.Name)], path
