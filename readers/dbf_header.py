"""The header of a DBF table: dBase III to 7, FoxBase, FoxPro 2, Visual FoxPro, Clipper.

The header says where each field stands in a record; what it says is believed only where it agrees with itself and
with the size of the file. Layout: dBase file structure (dBase III+ to 7), Visual FoxPro "Table File Structure".
"""

from dataclasses import dataclass, replace

from schemas.errors import FileRefused

_START, _END = 32, 0x0D
_DESCRIPTOR, _DESCRIPTOR_7 = 32, 48
_START_7 = 68
_BACKLINK = 263
_MOST_SPARE = 2
VISUAL_FOXPRO = (0x30, 0x31, 0x32)
DBASE_7 = (0x04, 0x8C)
FOXPRO_MEMO = frozenset(bytes([v]) for v in (*VISUAL_FOXPRO, 0xE5, 0xF5))
"""First bytes of tables whose memos lie in a .fpt file."""
VERSIONS = (
    0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x7B, 0x83, 0x8B, 0x8C, 0x8E, 0xCB, 0xE5, 0xF5, 0xFB,
)  # fmt: skip
"""First bytes of a DBF file."""
TYPES = b"CNFLDTIBYMGPWVQO@+0"
_SYSTEM, _NULLABLE = 0x01, 0x02


@dataclass(frozen=True)
class DbfField:
    """One field: name as bytes, type (one letter), offset in the record, width, decimals.

    Visual FoxPro only: `is_system` = not to be shown; `null_bit` and `length_bit` = the bits of the table's hidden
    flags that say that the value is null, and that the last byte of a variable text is its length.
    """

    name: bytes
    kind: str
    offset: int
    width: int
    decimals: int = 0
    is_system: bool = False
    null_bit: int | None = None
    length_bit: int | None = None


@dataclass(frozen=True)
class DbfHeader:
    """What the header says. `count` is its number of records, which need not be true; `language` its code page byte."""

    version: int
    count: int
    header_length: int
    record_length: int
    language: int
    fields: tuple[DbfField, ...]

    @property
    def has_foxpro_memo(self) -> bool:
        """Do its memos lie in a .fpt file? Otherwise in a .dbt."""
        return bytes([self.version]) in FOXPRO_MEMO

    @property
    def is_foxpro(self) -> bool:
        """Are its numbers those of Visual FoxPro?"""
        return self.version in VISUAL_FOXPRO

    @property
    def null_flags(self) -> DbfField | None:
        """The hidden field with the bits of null values."""
        return next((f for f in self.fields if f.kind == "0"), None)


def looks_like_dbf(start: bytes) -> bool:
    """Do the first bytes of a file look like a DBF header: version, a date that can be, a first field?"""
    if len(start) < 65 or start[0] not in VERSIONS:
        return False
    if start[2] > 12 or start[3] > 31 or int.from_bytes(start[8:10], "little") < 65:
        return False
    at, width = (_START_7, 32) if start[0] in DBASE_7 else (_START, 11)
    name, kind = start[at : at + width], start[at + width : at + width + 1]
    return bool(name.strip(b"\x00 ")) and kind in TYPES and kind != b"" and start[12:15].count(0) > 0


def read_header(start: bytes) -> DbfHeader:
    """The header of a table.

    Args:
        start: the first bytes of the file, at least as many as its header is long.

    Raises:
        FileRefused: file.damaged (the header contradicts itself), file.password, file.unsupported_kind (dBase II).
    """
    if len(start) < _START + 1:
        raise _damaged("header")
    if start[0] == 0x02:
        raise FileRefused("file.unsupported_kind", found="dBase II")
    if start[15] == 1:
        raise FileRefused("file.password")
    count, header_length, record_length = (
        int.from_bytes(start[4:8], "little"), int.from_bytes(start[8:10], "little"),
        int.from_bytes(start[10:12], "little"),
    )  # fmt: skip
    if header_length > len(start):
        raise _damaged("header length")
    fields = _fields(start[:header_length])
    fields = _of_length(fields, record_length)
    return DbfHeader(start[0], count, header_length, record_length, start[29], fields)


def _fields(start: bytes) -> tuple[DbfField, ...]:
    is_7 = start[0] in DBASE_7
    size, at, offset, bits = (_DESCRIPTOR_7, _START_7, 1, 0) if is_7 else (_DESCRIPTOR, _START, 1, 0)
    found: list[DbfField] = []
    while at + size <= len(start) and start[at] != _END:
        data = start[at : at + size]
        field = _field_7(data, offset) if is_7 else _field(data, offset)
        if field.kind.encode("latin-1") not in TYPES or not field.name:
            raise _damaged("field type")
        if start[0] in VISUAL_FOXPRO:
            field, bits = _with_flags(field, data[18], bits)
        found.append(field)
        offset += field.width
        at += size
    if not found:
        raise _damaged("no fields")
    if not is_7:
        _check_end(start, at)
    return tuple(found)


def _field(data: bytes, offset: int) -> DbfField:
    return DbfField(data[:11].split(b"\x00", 1)[0].strip(), chr(data[11]), offset, data[16], data[17])


def _field_7(data: bytes, offset: int) -> DbfField:
    return DbfField(data[:32].split(b"\x00", 1)[0].strip(), chr(data[32]), offset, data[33], data[34])


def _with_flags(field: DbfField, flags: int, bits: int) -> tuple[DbfField, int]:
    """The field with its bits in the hidden flags, and the number of bits given out so far."""
    length_bit = null_bit = None
    if field.kind in "VQ":
        length_bit, bits = bits, bits + 1
    if flags & _NULLABLE:
        null_bit, bits = bits, bits + 1
    is_system = bool(flags & _SYSTEM) or field.kind == "0"
    return replace(field, is_system=is_system, null_bit=null_bit, length_bit=length_bit), bits


def _check_end(start: bytes, at: int) -> None:
    """What stands between the last field and the first record: the end mark, at most a few NULs, FoxPro's link."""
    rest = start[at:]
    if not rest:
        return
    spare = rest[1:]
    if start[0] in VISUAL_FOXPRO and len(spare) == _BACKLINK:
        return
    if rest[0] != _END or len(spare) > _MOST_SPARE or spare.strip(b"\x00"):
        raise _damaged("header length")


def _of_length(fields: tuple[DbfField, ...], record_length: int) -> tuple[DbfField, ...]:
    """The fields, if their widths fill the record; Clipper keeps the high byte of a wide text in its decimals."""
    if 1 + sum(f.width for f in fields) == record_length:
        return fields
    wide: list[DbfField] = []
    offset = 1
    for f in fields:
        width = f.width + 256 * f.decimals if f.kind == "C" else f.width
        wide.append(replace(f, offset=offset, width=width))
        offset += width
    if offset != record_length:
        raise _damaged("record length")
    return tuple(wide)


def _damaged(what: str) -> FileRefused:
    return FileRefused("file.damaged", found=f"DBF: {what}")
