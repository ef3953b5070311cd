"""The laws of docs/architecture.md, enforced."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.fields import FIELDS
from schemas.tables import GOLDEN_PERSONS, RECORDS

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "transforms", "readers", "dedup", "quality", "store", "pipeline", "portal")
MODULES = sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*.py") if "versions" not in p.parts)
CODE = [p for p in MODULES if p.name != "__init__.py"]
DAGS = sorted((ROOT / "dags").glob("*.py"))
# Modules that only declare, or that are tested through their public neighbour, as said in docs/architecture.md.
TESTED_ELSEWHERE = {line.strip() for line in (ROOT / "tests" / "tested_elsewhere.txt").read_text("utf-8").splitlines()}
LONGEST_FUNCTION, LONGEST_MODULE, LONGEST_DAG = 60, 400, 60


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> list[ast.FunctionDef]:
    return [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.FunctionDef)]


@pytest.mark.parametrize("path", CODE, ids=name)
def test_every_module_has_its_tests(path: Path) -> None:
    relative = path.relative_to(ROOT)
    if name(path) in TESTED_ELSEWHERE:
        return
    assert (ROOT / "tests" / relative.parent / f"test_{relative.name}").exists()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_and_functions_stay_readable(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_MODULE
    long = [f.name for f in functions(path) if (f.end_lineno or 0) - f.lineno + 1 > LONGEST_FUNCTION]
    assert not long


def test_nine_functions_of_ten_are_under_forty_lines() -> None:
    sizes = sorted((f.end_lineno or 0) - f.lineno + 1 for p in CODE for f in functions(p))
    assert sizes[len(sizes) * 9 // 10] <= 40


@pytest.mark.parametrize("path", [p for p in MODULES if p.name == "__init__.py"], ids=name)
def test_a_package_says_what_it_is_and_exports_nothing(path: Path) -> None:
    body = ast.parse(path.read_text("utf-8")).body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert len(docstring.split()) >= 4


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_has_the_name_of_a_room(package: str) -> None:
    assert set(importlib.metadata.packages_distributions().get(package, ["sohoa"])) == {"sohoa"}


def test_floors_and_doors() -> None:
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


def test_nobody_but_the_settings_reads_the_environment() -> None:
    readers = [name(p) for p in CODE if re.search(r"os\.environ|os\.getenv", p.read_text("utf-8"))]
    assert readers == ["pipeline/settings.py"]


def test_dags_import_airflow_and_the_pipeline_only_inside_tasks() -> None:
    for path in DAGS:
        top = [n for n in ast.parse(path.read_text("utf-8")).body if isinstance(n, ast.Import | ast.ImportFrom)]
        modules = {(n.module if isinstance(n, ast.ImportFrom) else n.names[0].name).split(".")[0] for n in top}
        assert modules <= {"airflow", "datetime", "sohoa_runs"}
        assert path.stem not in PACKAGES


@pytest.mark.parametrize("path", DAGS, ids=name)
def test_dags_are_thin(path: Path) -> None:
    logic = [n for f in functions(path) for n in ast.walk(f) if isinstance(n, ast.While | ast.Try | ast.comprehension)]
    assert not logic
    statements = [s for f in functions(path) for s in f.body if not isinstance(s, ast.Expr | ast.FunctionDef)]
    assert len(statements) < LONGEST_DAG


def test_every_step_is_in_a_dag() -> None:
    from pipeline.steps import STEPS

    text = "".join(p.read_text("utf-8") for p in DAGS)
    assert not [s.name for s in STEPS if f'"{s.name}"' not in text]


def test_no_print_and_no_bare_exception() -> None:
    for path in CODE:
        tree = ast.parse(path.read_text("utf-8"))
        calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        assert "print" not in calls, name(path)
        assert not [h for h in ast.walk(tree) if isinstance(h, ast.ExceptHandler) and h.type is None], name(path)


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.name)
def test_each_of_the_17_fields_reaches_arrow_sql_suite_template_dictionary_and_report(field) -> None:  # type: ignore[no-untyped-def]
    from pipeline.documents import template_columns
    from quality import suite
    from quality.report import field_sections
    from store import tables

    columns = {c.name for c in field.columns}
    assert columns <= set(RECORDS.column_names)
    assert columns <= set(GOLDEN_PERSONS.column_names)
    assert columns <= {c.name for c in tables.GOLDEN_PERSONS.columns}
    assert columns <= {c.name for c in tables.RECORDS.columns}
    assert any(e.field == field.name for e in suite.EXPECTATIONS)
    assert field.name in {f.name for f, *_ in template_columns()}
    assert f"## {field.number}. {field.label_vi}" in (ROOT / "docs" / "data_dictionary.md").read_text("utf-8")
    assert field.name in {s.name for s in field_sections()}


def test_every_setting_has_a_line_in_its_document() -> None:
    from dataclasses import fields

    from pipeline.settings import Settings

    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert not [f.name for f in fields(Settings) if f"SOHOA_{f.name.upper()}" not in text]


def test_every_dependency_is_pinned_and_justified() -> None:
    import configparser

    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = setup["options.extras_require"]
    wanted = setup["options"]["install_requires"] + extras["dev"] + extras["bench"] + extras["train"] + extras["spark"]
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    for line in wanted.split():
        package, _, version = line.partition("==")
        assert version, line
        assert f"`{package.split('[')[0]}`" in text, line


def test_every_command_has_help_and_an_entry_in_the_readme() -> None:
    from portal.command import cli

    app = cli.app
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in app.registered_commands:
        assert command.callback is not None
        assert command.callback.__doc__
        assert f"sohoa {command.name}" in readme
    for group in app.registered_groups:
        assert f"sohoa {group.name}" in readme


def test_no_text_has_the_marks_of_a_conflict() -> None:
    marks = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)
    texts = [*CODE, *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("schemas/**/*.toml")]
    assert [str(p) for p in texts if marks.search(p.read_text("utf-8"))] == []
