"""Imports between packages run one way; the names, sizes and words of files keep to the rules of the house."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

STANCE = Path(__file__).parents[2] / "stance"
LEAVES = {"errors", "settings", "heads", "strings", "regular_files", "atomic"}  # modules that every package may import
MAY_IMPORT = {
    "tables": set(),
    "features": set(),
    "model": {"features"},
    "evaluation": {"model", "features"},
    "training": {"model", "features", "evaluation"},
    "workflow": {"training", "evaluation", "model", "features", "tables"},
    "cli": {"workflow", "evaluation", "model", "features", "tables"},  # what is not `workflow`: types, mostly
}
FILES = sorted(STANCE.rglob("*.py"))
MAX_LINES = 450


def package_of(path: Path) -> str:
    """Name of the package, or of the leaf module, that a file belongs to."""
    return path.relative_to(STANCE).with_suffix("").parts[0]


def imports_of(path: Path) -> set[str]:
    """Dotted names of what a file imports from `stance`, without that prefix."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "stance":
            found.update(f"{node.module}.{alias.name}".removeprefix("stance.") for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name.removeprefix("stance.") for alias in node.names if alias.name.startswith("stance."))
    return found


IN_PACKAGES = [path for path in FILES if package_of(path) in MAY_IMPORT]


def strings_of(path: Path) -> set[str]:
    nodes = [node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)]
    return {value for value in nodes if isinstance(value, str)}


def named(path: Path) -> str:
    return str(path.relative_to(STANCE))


def test_the_top_holds_packages_and_leaves_only() -> None:
    names = {path.name.removesuffix(".py") for path in STANCE.iterdir() if path.name != "__pycache__"}
    assert names == {*MAY_IMPORT, *LEAVES, "__init__", "__main__", "py.typed"} - (
        set() if (STANCE / "py.typed").exists() else {"py.typed"}
    )


@pytest.mark.parametrize("path", IN_PACKAGES, ids=named)
def test_packages_import_downward(path: Path) -> None:
    package = package_of(path)
    allowed = {package, *LEAVES, *MAY_IMPORT[package], "__version__"}
    assert {name.split(".")[0] for name in imports_of(path)} <= allowed


@pytest.mark.parametrize("path", [path for path in FILES if package_of(path) in LEAVES], ids=named)
def test_leaves_import_leaves_only(path: Path) -> None:
    assert {name.split(".")[0] for name in imports_of(path)} <= LEAVES


@pytest.mark.parametrize("path", sorted((STANCE / "features" / "kernels").glob("*.py")), ids=named)
def test_kernels_import_kernels_only(path: Path) -> None:
    assert all(name.startswith("features.kernels.") for name in imports_of(path))


def test_training_measures_with_metrics_only() -> None:
    for path in IN_PACKAGES:
        if package_of(path) == "training":
            evaluation = {name for name in imports_of(path) if name.startswith("evaluation.")}
            assert {name.split(".")[1] for name in evaluation} <= {"metrics"}, named(path)


def test_the_check_sees_imports() -> None:
    assert {"tables.files.create_table", "workflow.prediction_table"} & imports_of(STANCE / "workflow" / "evaluate.py")
    assert "features.kernels.compiling.compiled" in imports_of(STANCE / "features" / "kernels" / "tfidf.py")


def test_bundled_names_stay_in_heads() -> None:
    for path in FILES:
        if package_of(path) != "heads" and path.name != "lexicon.py":
            assert not {"china", "russia", "pakistan", "pro_us", "tone"} & strings_of(path), named(path)


def test_only_the_console_prints() -> None:
    for path in FILES:
        if package_of(path) != "cli":
            calls = [n.func for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
            assert "print" not in [f.id for f in calls if isinstance(f, ast.Name)], named(path)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_file_is_long(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MAX_LINES
