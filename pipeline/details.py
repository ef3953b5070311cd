"""The details of an error in words: what each one is, in the language of the person who reads it."""

from collections.abc import Mapping

from pipeline.documents import with_headings
from schemas import messages
from schemas.messages import Language

_WORDS = {"found": "found.", "allowed": "allowed."}
"""Details whose values may have words of their own in the catalogue, with the beginning of their keys."""


def in_words(details: Mapping[str, object], language: Language) -> str:
    """`đường dẫn: so.csv; giới hạn: 5`: the details that are there, each after its name in the catalogue."""
    told = ((key, shown) for key, value in details.items() if (shown := value_of(key, value, language)))
    return "; ".join(f"{messages.text(f'detail.{key}', language)}: {shown}" for key, shown in told)


def value_of(key: str, value: object, language: Language) -> str:
    """One detail as a person reads it: codes of columns and of what is allowed in words; empty if there is none."""
    shown = "" if value is None else str(value)
    known = _WORDS.get(key, "") + shown
    if key in _WORDS and known in messages.catalogue(language):
        return messages.text(known, language)
    return "" if shown == "None" else with_headings(shown)
