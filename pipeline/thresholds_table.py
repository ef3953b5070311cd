"""What `sohoa model thresholds` says on a terminal: the choice in words, and a table of it beside the present one."""

from pipeline import console
from quality.thresholds_page import COLUMNS, rows, sentences
from schemas.messages import Language, text
from schemas.thresholds import Thresholds


def say(made: Thresholds, language: Language) -> None:
    """The choice on stdout."""
    console.say_heading("thresholds.title", language)
    console.say_lines([*sentences(made, language), ""])
    console.say_table(table(made, language), language, machine=False)


def table(made: Thresholds, language: Language) -> list[dict[str, str]]:
    """A row a measure, a column a choice."""
    choices = rows(made, language)
    return [
        {"": text(f"thresholds.column.{column}", language)} | {name: cells[place] for name, cells in choices}
        for place, column in enumerate(COLUMNS)
    ]
