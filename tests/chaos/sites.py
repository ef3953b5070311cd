"""The functions of our own code that leave a trace, found in its text: what the campaign has to pass.

A site is a function with calls that write, rename, sync or remove files. The injector tells through which lines a run
came; functions in which none of them lies are named in `not_passed.txt`, each with where it is tried instead.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import FrameType

_ROOT = Path(__file__).parents[2]
_PACKAGES = ("readers", "quality", "dedup", "transforms", "store", "pipeline")
_OURS = tuple(f"{_ROOT}/{package}/" for package in _PACKAGES)
_CALLS = frozenset({"write_bytes", "write_text", "rename", "unlink", "rmdir", "symlink_to", "link", "fsync", "touch",
                    "rmtree", "write_synced", "sync_folder", "copyfileobj"})  # fmt: skip
_ONE_ARGUMENT = "replace"
"""Of files where it takes one argument; a text's takes two."""
_LISTED = Path(__file__).with_name("not_passed.txt")
Lines = frozenset[str]


@cache
def declared() -> dict[str, Lines]:
    """Each site, as `file function`, with the lines of its calls as `file:line`."""
    found: dict[str, Lines] = {}
    for package in _PACKAGES:
        for path in sorted((_ROOT / package).rglob("*.py")):
            name = path.relative_to(_ROOT).as_posix()
            found |= {f"{name} {function}": lines for function, lines in _sites(name, path.read_text("utf-8"))}
    return found


def not_passed(passed: Iterable[str]) -> list[str]:
    """Sites through which no run came."""
    seen = set(passed)
    return [site for site, lines in declared().items() if not lines & seen]


def listed() -> dict[str, str]:
    """Sites that the campaign does not come through -> where they are tried."""
    lines = [line for line in _LISTED.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return {site.strip(): where.strip() for site, _, where in (line.partition("|") for line in lines)}


def calling() -> Iterator[str]:
    """The lines of ours that make the present call, from the innermost outwards."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(_OURS):
            yield f"{path[len(str(_ROOT)) + 1 :]}:{frame.f_lineno}"
        frame = frame.f_back


def _sites(name: str, text: str) -> Iterator[tuple[str, Lines]]:
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef):
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and _leaves_trace(node)]
            lines = {n for call in calls for n in range(call.lineno, (call.end_lineno or call.lineno) + 1)}
            if lines:
                yield function.name, frozenset(f"{name}:{n}" for n in lines)


def _leaves_trace(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in _CALLS or (name == _ONE_ARGUMENT and len(node.args) == 1 and not node.keywords)
