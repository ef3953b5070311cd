"""Decisions of people applied to a sheet: headings that they explained, encodings that they named."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from readers import encoding as enc
from readers.column_text import UNICODE, ColumnText
from readers.grid import Grid
from readers.heading_roles import ALSO, Role
from readers.heading_words import ASIDE, TOLD, Meaning, plain
from readers.reading import FileFinding
from schemas.decisions import WHOLE_FILE, Decision
from schemas.fields import ALL_FIELDS
from schemas.tables import RAW_COLUMNS

PARTS = {
    "birth_date_raw": ("day", "month", "year", "male", "female"),
    "sex_raw": ("male", "female"),
    "full_name_raw": ("family", "middle", "given"),
}
_LEAST_WORDS = 10


def meaning_of(value: str) -> Meaning | None:
    """The meaning that a person names: a field, a column of people's template, or "aside"; None if there is none."""
    name, _, part = value.strip().lower().partition(".")
    raw = ASIDE if name == "aside" else _raw_column(name)
    if raw is None or (part and part not in PARTS.get(raw, ())):
        return None
    return Meaning(raw, part, TOLD)


def _raw_column(name: str) -> str | None:
    own = next((f.raw_columns[0] for f in ALL_FIELDS if f.name == name), None)
    if f"{name}_raw" in RAW_COLUMNS:
        return f"{name}_raw"
    return name if name in RAW_COLUMNS else own


class Told:
    """The decisions about one file; notes which of them were used."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self._headings = {d.match: d for d in decisions if d.kind == "heading"}
        self._encodings = {d.match: d for d in decisions if d.kind == "encoding"}
        self._used: Counter[Decision] = Counter()

    @property
    def headings(self) -> Mapping[str, Meaning]:
        """Meanings by folded heading."""
        found = {match: meaning_of(d.value) for match, d in self._headings.items()}
        return {match: meaning for match, meaning in found.items() if meaning is not None}

    @property
    def hint(self) -> str | None:
        """The encoding remembered for whole files: asked only where a file does not say."""
        whole = self._encodings.get(WHOLE_FILE)
        return whole.value if whole is not None else None

    def tell(self, roles: Iterable[Role], text: ColumnText, sheet: str | None) -> list[FileFinding]:
        """Give the columns of a sheet the encodings named for them; notes of what was used and what contradicts."""
        notes: list[FileFinding] = []
        for role in roles:
            heading = self._headings.get(plain(role.heading)) if role.heading else None
            if heading is not None and meaning_of(heading.value) is not None:
                notes.append(self._note(heading, sheet, role.heading))
            named = self._encoding_of(role)
            if named is None:
                continue
            judged = text.tell(role.position, named.value)
            notes.append(self._note(named, sheet, role.heading))
            if judged is not None:
                notes.append(contradicted(sheet, role.heading, named.value, judged))
        return notes

    def hinted(self, text: ColumnText, sheet: str | None) -> list[FileFinding]:
        """The note that the remembered encoding of whole files answered a question."""
        whole = self._encodings.get(WHOLE_FILE)
        return [self._note(whole, sheet, None)] if whole is not None and text.took_hint else []

    def unused(self) -> list[FileFinding]:
        """Notes of decisions given with the command that met no column."""
        known = (*self._headings.values(), *(d for d in self._encodings.values() if d.match != WHOLE_FILE))
        return [
            FileFinding("decision.unused", column=d.match, detail=d.value)
            for d in known
            if not self._used[d] and d.origin == "option"
        ]

    def _encoding_of(self, role: Role) -> Decision | None:
        if role.heading and plain(role.heading) in self._encodings:
            return self._encodings[plain(role.heading)]
        if role.raw_column is None or (role.meaning is not None and role.meaning.part == ALSO):
            return None
        return next(
            (d for match, d in self._encodings.items() if match and _raw_column(match) == role.raw_column), None
        )

    def _note(self, decision: Decision, sheet: str | None, heading: str | None) -> FileFinding:
        self._used[decision] += 1
        return FileFinding("decision.used", sheet, None, heading, f"{decision.value} ({decision.origin})")


def contradicted(sheet: str | None, heading: str | None, said: str, judged: str) -> FileFinding:
    """The note that a file says otherwise than a person."""
    return FileFinding("decision.contradicted", sheet, None, heading, f"{said} / {judged}")


def judged_otherwise(grid: Grid, forced: str, *, is_bytes: bool) -> str | None:
    """What the text of a grid clearly is, if it is not the encoding that a person named for the whole file."""
    words: Counter[str] = Counter()
    for column in grid.columns:
        words.update(enc.words_of(t for t in column.to_pylist() if t))
    verdict = enc.judge_bytes(words) if is_bytes else enc.judge_unicode(words)
    if verdict.encoding in (None, forced) or verdict.words < _LEAST_WORDS or verdict.second or verdict.is_tied:
        return None
    return verdict.encoding if forced in enc.DECODERS or verdict.encoding != UNICODE else None
