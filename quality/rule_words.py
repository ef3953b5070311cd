"""The name of a blocking rule in the words of a language: what its key is made of."""

from collections.abc import Sequence

from schemas.messages import Language, catalogue

_PART = "profile.part."
_RULE = "profile.rule."


def rule_label(rule: str, parts: Sequence[str], language: Language) -> str:
    """`họ tên, ngày sinh`; a rule of a table that is not ours, or a part without a word, goes by its own name."""
    words = catalogue(language)
    said = words.get(_RULE + rule)
    if isinstance(said, str):
        return said
    named = [words.get(_PART + part) for part in parts]
    if named and all(isinstance(word, str) for word in named):
        return ", ".join(map(str, named))
    return rule
