"""The house rules that can be read from the source: who imports whom, what stays pure, what has a reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ["accounts", "plans", "targets", "reports"]
PURE = [
    "accounts/permissions.py",
    "accounts/context.py",
    "accounts/text.py",
    "targets/units.py",
    "targets/entry_text.py",
    "targets/plausibility.py",
    "targets/file_checks.py",
    "targets/evidence_checks.py",
    "targets/periods.py",
    "targets/openings.py",
    "targets/deadlines.py",
    "targets/working_days.py",
    "targets/enums.py",
    "targets/policies.py",
    "targets/counts.py",
    "targets/progress.py",
    "targets/progress_rows.py",
    "targets/progress_preview.py",
    "targets/formatting.py",
    "targets/explanation.py",
    "targets/figure_columns.py",
    "targets/charts.py",
    "targets/upload_problems.py",
    "targets/part_text.py",
    "targets/import_acts.py",
    "accounts/archives.py",
    "plans/numerals.py",
    "plans/outline.py",
    *sorted(
        str(path.relative_to(ROOT))
        for package in (
            "plans/readers",
            "targets/extraction",
            "targets/import_draft",
            "targets/workbook",
            "targets/spreadsheet",
        )
        for path in (ROOT / package).glob("*.py")
    ),
]


def modules(app: str) -> list[Path]:
    return [path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def runtime_imports(path: Path) -> Iterator[tuple[str, ast.AST, bool]]:
    """(imported module, node, at module level) for all imports that run; TYPE_CHECKING blocks do not."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in ast.walk(block)
    }
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node, id(node) not in inside
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or "", node, id(node) not in inside
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node, id(node) not in inside


@pytest.mark.parametrize("app", ORDER)
def test_an_app_imports_only_what_stands_to_its_left(app: str) -> None:
    forbidden = {*ORDER[ORDER.index(app) + 1 :], "config", "tests"}
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(app)
        for name, _node, _top in runtime_imports(path)
        if name.split(".")[0] in forbidden
    ]
    assert wrong == []


def test_config_imports_apps_only_by_name_or_in_urls() -> None:
    wrong = [
        f"{path.name}: {name}"
        for path in modules("config")
        for name, _node, _top in runtime_imports(path)
        if name.split(".")[0] in ORDER and path.name != "urls.py"
    ]
    assert wrong == []


@pytest.mark.parametrize("app", ORDER)
def test_no_import_cycle_inside_an_app(app: str) -> None:
    names = {module_name(path): path for path in modules(app)}
    arrows = {
        name: {found for found, _node, _top in runtime_imports(path) if found in names and found != name}
        for name, path in names.items()
    }
    # A package's __init__ that gathers its own modules is no cycle of ideas.
    for name in arrows:
        arrows[name] = {found for found in arrows[name] if not found.startswith(name + ".")}
    while True:
        leaves = {name for name, found in arrows.items() if not found}
        if not leaves:
            break
        arrows = {name: found - leaves for name, found in arrows.items() if name not in leaves}
    assert arrows == {}


def test_pure_modules_know_no_django() -> None:
    wrong = [
        f"{file}: {name}"
        for file in PURE
        for name, _node, _top in runtime_imports(ROOT / file)
        if name.split(".")[0] in {"django", "celery", "redis"} or name.endswith(".models")
    ]
    assert wrong == []


@pytest.mark.parametrize("app", ORDER)
def test_imports_stand_at_the_top_of_their_file(app: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]
        for path in modules(app)
        if path.name != "apps.py"  # Django asks for imports inside ready()
        for _name, node, top in runtime_imports(path)
        if not top
    ]
    assert wrong == []


def test_no_signals_and_no_logic_in_save() -> None:
    for app in ORDER:
        for path in modules(app):
            text = path.read_text(encoding="utf-8")
            assert "django.db.models.signals" not in text, path
            assert not re.search(r"def save\(self", text), path


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_dependency_is_pinned_and_has_a_reason(name: str) -> None:
    wanted = {}
    for line in (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            spec, _hash, reason = line.partition("#")
            wanted[re.split(r"[\[~=<>]", spec.strip())[0].lower()] = reason.strip()
    pins = dict(
        line.lower().split("==")
        for line in (ROOT / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    )
    assert all(wanted.values()), "a dependency without a reason"
    assert {dependency for dependency in wanted if dependency not in pins} == set()


def test_every_variable_of_the_settings_is_explained() -> None:
    settings = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    variables = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', settings))
    explained = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert variables
    assert {name for name in variables if not re.search(rf"^#?\s*{name}=", explained, re.M)} == set()


def test_templates_and_scripts_carry_nothing_inline_and_nothing_external() -> None:
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text), f"{path}: inline script"
        assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=\"", text), f"{path}: inline style or handler"
        assert not re.search(r"(src|href)=\"(https?:)?//", text), f"{path}: external address"
