"""The one catalogue of texts for people: messages/<language>/*.toml, Vietnamese first, English second.

A rule's text is a table with ``wrong`` and ``do``; every other text is a plain string with ``{placeholders}``.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")


@cache
def catalogue(language: Language) -> dict[str, Any]:
    """All texts of a language by key. A key stands in one file only."""
    texts: dict[str, Any] = {}
    for file in sorted(files("schemas").joinpath("messages", language).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            texts |= tomllib.loads(file.read_text(encoding="utf-8"))
    return texts


def text(key: str, language: Language, /, **values: object) -> str:
    """The text of a key with its placeholders filled. Raises KeyError for an unknown key or placeholder."""
    return str(catalogue(language)[key]).format(**values)


def wrong(code: str, language: Language) -> str:
    """What is wrong, for a rule id or an error code."""
    return str(catalogue(language)[code]["wrong"])


def what_to_do(code: str, language: Language) -> str:
    """What to do about it."""
    return str(catalogue(language)[code]["do"])


_SAID = {"header.missing_required": "said.missing", "file.lines_left_out": "said.lines_left_out"}


def explain(code: str, language: Language, *, where: str = "", read: str = "", details: str = "") -> str:
    """One sentence for a clerk: where -> what is wrong -> what was read (or is missing), details -> what to do."""
    parts = [f"[{code}]", f"{where}:" if where else "", wrong(code, language)]
    if read:
        parts.append(text(_SAID.get(code, "said.read"), language, read=read))
    if details:
        parts.append(f"{details[0].upper()}{details[1:]}.")
    return " ".join(p for p in (*parts, what_to_do(code, language)) if p)
