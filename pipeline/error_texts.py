"""The words of an error file: what is wrong with a row, what to do, and the guide at its front."""

from collections.abc import Iterator, Sequence

from pipeline import number_owners
from pipeline.error_rows import ErrorRow, Selection, SheetLayout, letter_of
from pipeline.finding_groups import raw_column_of
from pipeline.findings import Message, read_in, where
from readers import error_file
from schemas import messages, rules
from schemas.messages import Language
from transforms.word_meanings import hint

_HELP = ("purpose", "mend", "send", "delete")
_HEAD = ("severity", "rows", "where", "wrong", "read", "do", "rule")


def added_cells(row: ErrorRow, layout: SheetLayout, language: Language) -> tuple[str, str, str, str, str, str]:
    """The cells that an error file adds to a row, in the order of `readers.error_file.ADDED_HEADINGS`."""
    wrong = [_wrong((rule_id, field), row, layout, language) for rule_id, field in row.found]
    to_do = [messages.what_to_do(rule_id, language) for rule_id, _ in row.found]
    codes = [rule_id for rule_id, _ in row.found]
    if row.owner is not None:
        wrong.append(number_owners.said({(layout.sheet, row.line): row.owner}, language))
    errors, mend = (" ".join(dict.fromkeys(texts)) for texts in (wrong, to_do))
    return errors, mend, ", ".join(dict.fromkeys(codes)), str(row.line), layout.sheet or "", row.row_id


def coloured(row: ErrorRow, layout: SheetLayout) -> dict[int, list[str]]:
    """Positions of the cells that findings speak of, with the rule ids, the gravest first."""
    found: dict[int, list[str]] = {}
    for rule_id, field in row.found:
        for position in _positions((rule_id, field), row, layout):
            found.setdefault(position, []).append(rule_id)
    return {at: sorted(ids, key=lambda r: rules.rule(r).severity != "block") for at, ids in found.items()}


def comment(rule_ids: Sequence[str], text: str | None, language: Language) -> str:
    """The note on a coloured cell; beside a word of several meanings what it may mean."""
    told = [f"{messages.wrong(r, language)} {messages.what_to_do(r, language)}" for r in rule_ids]
    fields = [rules.rule(r).field for r in rule_ids if r.endswith(".ambiguous")]
    hints = [hint(text, field, language) for field in fields if text and field]
    return "\n".join([*told, *filter(None, hints)])


def guide(found: Sequence[Message], selection: Selection, language: Language) -> Iterator[tuple[str, ...]]:
    """The lines of the guide: how to use the file, then each cause once with its rows and first places."""
    yield (error_file.GUIDE_MARK,)
    for part in (*_HELP, "part" if selection.is_part else "whole"):
        yield (messages.text(f"errors.guide.{part}", language),)
    yield ()
    yield (messages.text("errors.guide.causes", language),)
    yield tuple(messages.text(f"errors.guide.{name}", language) for name in _HEAD)
    for cause in found:
        if cause.severity != "notice":
            yield (
                messages.text(f"severity.{cause.severity}", language), str(cause.count), where(cause, language),
                messages.wrong(cause.code, language), read_in(cause) or (cause.places[0].read if cause.places else ""),
                messages.what_to_do(cause.code, language), cause.code,
            )  # fmt: skip


def _wrong(found: tuple[str, str], row: ErrorRow, layout: SheetLayout, language: Language) -> str:
    wrong = messages.wrong(found[0], language)
    positions = _positions(found, row, layout)
    if not positions:
        return wrong
    letter, heading = letter_of(layout, positions[0])
    return messages.text("errors.cell", language, letter=letter, heading=heading, wrong=wrong)


def _positions(found: tuple[str, str], row: ErrorRow, layout: SheetLayout) -> list[int]:
    """The columns that a finding of a row speaks of: those that hold the value, all that could where none does."""
    positions = layout.positions(raw_column_of(*found, beside=row.moved))
    return [at for at in positions if at < len(row.cells) and row.cells[at]] or positions
