"""A rule in words: what is wrong, what to do, what becomes of the value, how it comes about; one form for all."""

from dataclasses import dataclass

from schemas import messages
from schemas.messages import Language
from schemas.rules import Rule


@dataclass(frozen=True)
class RuleText:
    """The words of one rule in one language, whole sentences.

    Attributes:
        wrong: what is wrong, where the clerk reads it.
        do: what to do, in one sentence.
        then: what sohoa did with the file, row or value.
        help: how it comes about and how it is mended, for the help page.
    """

    wrong: str
    do: str
    then: str
    help: str


def rule_text(rule: Rule, language: Language) -> RuleText:
    """The words of a rule. Raises KeyError where one is missing."""
    code = rule.message
    return RuleText(
        messages.wrong(code, language),
        messages.what_to_do(code, language),
        messages.text(then_key(rule), language),
        messages.text(f"help.{code}", language),
    )


def then_key(rule: Rule) -> str:
    """Key of the text that says what becomes of it: one text for all rules that keep a file or a row out."""
    if rule.severity == "block" and rule.outcome != "value":
        return f"effect.{rule.outcome}"
    return f"then.{rule.message}"
