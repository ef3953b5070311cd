"""FIELDS: the 17 fields of the National Population Database in the law's order, declared once.

Source: Law 59/2014/QH13 art. 9(1) as amended by Law 68/2020/QH14 art. 37(1); message elements of
QCVN 109:2017/BTTTT. The relation to the head stays inside field 16, which is how 15 + 2 points make 17.
`IDENTIFIERS` (the key of a person and the old 9-digit number) stand beside them; `EXTRAS` are those items
of Law 26/2023/QH15 art. 9 that ledgers hold.
"""

import pyarrow as pa

from schemas.field import Column, EmptyReason, Field, FieldKind, Sensitivity

_S, _I16, _I8, _F, _D = pa.string(), pa.int16(), pa.int8(), pa.float32(), pa.date32()
_R = EmptyReason
_LEDGER_SELDOM = (_R.NOT_IN_FORM, _R.BLANK, _R.STATED_UNKNOWN, _R.INVALID, _R.AMBIGUOUS)
_LEDGER_ALWAYS = (_R.BLANK, _R.STATED_UNKNOWN, _R.INVALID, _R.AMBIGUOUS)


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(n, _S) for n in names)


def _date(stem: str) -> tuple[Column, ...]:
    return (
        Column(f"{stem}_year", _I16, description="solar year; null = unknown"),
        Column(f"{stem}_month", _I8, description="1-12; null = unknown"),
        Column(f"{stem}_day", _I8, description="1-31; null = unknown"),
        Column(f"{stem}_calendar", _S, description="solar | lunar: the calendar that was written"),
    )


def _code(stem: str) -> tuple[Column, ...]:
    return (
        Column(f"{stem}_code", _S, description="code of the list; null = unknown, never a default"),
        Column(f"{stem}_raw", _S, description="the word as written, beside its code"),
    )


def _place(stem: str) -> tuple[Column, ...]:
    return (
        Column(f"{stem}_text", _S, description="address as written, NFC"),
        Column(f"{stem}_code", _S, description="unit code before July 2025: 2, 3 or 5 digits"),
        Column(f"{stem}_level", _S, description="province | district | commune: what the address names"),
        Column(f"{stem}_code_now", _S, description="unit code since July 2025: 2 or 5 digits, as far as certain"),
        Column(f"{stem}_method", _S, description="how the code was found"),
        Column(f"{stem}_confidence", _F, description="0-1"),
    )


def _field(
    number: int | None, name: str, vi: str, en: str, point: str, qcvn: str, kind: FieldKind,
    columns: tuple[Column, ...], raw: tuple[str, ...], *, required: bool = False,
    sensitivity: Sensitivity = "basic", reasons: tuple[EmptyReason, ...] | None = None,
    code_list: str | None = None,
) -> Field:  # fmt: skip
    chosen = reasons if reasons is not None else (_LEDGER_ALWAYS if required else _LEDGER_SELDOM)
    return Field(number, name, vi, en, point, qcvn, kind, columns, raw, required, sensitivity, chosen, code_list)


_K = FieldKind
FIELDS: tuple[Field, ...] = (
    _field(1, "full_name", "Họ, chữ đệm và tên khai sinh", "Surname, middle name and given name at birth",
           "a", "HoVaTen{Ho,ChuDem,Ten}", _K.NAME,
           _text("full_name", "surname", "middle_name", "given_name"), ("full_name_raw",), required=True),
    _field(2, "birth_date", "Ngày, tháng, năm sinh", "Date of birth",
           "b", "NgayThangNamSinh/NgayThangNam", _K.PARTIAL_DATE, _date("birth"), ("birth_date_raw",), required=True),
    _field(3, "sex", "Giới tính", "Sex", "c", "GioiTinh", _K.CODE, _code("sex"), ("sex_raw",),
           required=True, code_list="sex"),
    _field(4, "birth_registration_place", "Nơi đăng ký khai sinh", "Place of birth registration",
           "d", "NoiDangKyKhaiSinh", _K.PLACE, _place("birth_registration_place"), ("birth_registration_place_raw",)),
    _field(5, "native_place", "Quê quán", "Native place", "đ", "QueQuan", _K.PLACE,
           _place("native_place"), ("native_place_raw",)),
    _field(6, "ethnic_group", "Dân tộc", "Ethnic group", "e", "DanToc{MaDanToc,TenGoi}", _K.CODE,
           (*_code("ethnic_group"), Column("ethnic_group_list", _S, description="the numbering of the code")),
           ("ethnic_group_raw",), required=True, sensitivity="sensitive", code_list="ethnic_groups_1019_2008"),
    _field(7, "religion", "Tôn giáo", "Religion", "g", "TonGiao/MaTonGiao", _K.CODE, _code("religion"),
           ("religion_raw",), sensitivity="sensitive", code_list="religions"),
    _field(8, "nationality", "Quốc tịch", "Nationality", "h", "QuocTich", _K.CODE, _code("nationality"),
           ("nationality_raw",), code_list="nationalities"),
    _field(9, "marital_status", "Tình trạng hôn nhân", "Marital status", "i", "TinhTrangHonNhan", _K.CODE,
           _code("marital_status"), ("marital_status_raw",), code_list="marital_status"),
    _field(10, "permanent_residence", "Nơi thường trú", "Permanent residence", "k", "ThuongTru", _K.PLACE,
           _place("permanent_residence"), ("permanent_residence_raw",), required=True),
    _field(11, "temporary_residence", "Nơi tạm trú", "Temporary residence", "added 2020", "", _K.PLACE_PERIOD,
           (*_place("temporary_residence"), Column("temporary_residence_from", _D),
            Column("temporary_residence_to", _D)),
           ("temporary_residence_raw",), reasons=(*_LEDGER_SELDOM, _R.NOT_APPLICABLE)),
    _field(12, "temporary_absence", "Tình trạng khai báo tạm vắng", "Declared temporary absence", "added 2020", "",
           _K.STATUS_PERIOD,
           (Column("temporary_absence_status", _S, description="absent | present; null = not stated"),
            Column("temporary_absence_from", _D), Column("temporary_absence_to", _D)),
           ("temporary_absence_raw",), reasons=(*_LEDGER_SELDOM, _R.NOT_APPLICABLE)),
    _field(13, "current_residence", "Nơi ở hiện tại", "Current place of stay", "l", "NoiOHienTai", _K.PLACE,
           _place("current_residence"), ("current_residence_raw",)),
    _field(14, "blood_type", "Nhóm máu", "Blood type (on request, with a test result)", "m", "NhomMau", _K.CODE,
           _code("blood_type"), ("blood_type_raw",), sensitivity="sensitive", code_list="blood_types"),
    _field(15, "relatives", "Cha, mẹ, vợ, chồng, người đại diện hợp pháp",
           "Father, mother, spouse, legal representative", "n", "Cha,Me,VoChong,NguoiDaiDien", _K.RELATIVES,
           _text("father_name", "mother_name", "spouse_name", "representative_name"),
           ("father_name_raw", "mother_name_raw", "spouse_name_raw", "representative_name_raw"),
           reasons=(*_LEDGER_SELDOM, _R.NOT_APPLICABLE)),
    _field(16, "household", "Chủ hộ, thành viên hộ gia đình và quan hệ với chủ hộ",
           "Household: head, members, relation to head", "o", "ChuHo,QuanHeVoiChuHo", _K.HOUSEHOLD,
           (*_text("household_id", "head_name", "head_number"), *_code("relation")),
           ("household_id_raw", "head_name_raw", "head_number_raw", "relation_raw"),
           required=True, code_list="relations"),
    _field(17, "death", "Ngày, tháng, năm chết hoặc mất tích", "Date of death or of being declared missing", "p", "",
           _K.PARTIAL_DATE, (*_date("death"), Column("death_kind", _S, description="dead | missing")),
           ("death_date_raw",), reasons=(*_LEDGER_SELDOM, _R.NOT_APPLICABLE)),
)  # fmt: skip

IDENTIFIERS: tuple[Field, ...] = (
    _field(None, "personal_number", "Số định danh cá nhân", "Personal identification number (12 digits)",
           "Law 59/2014 art. 12", "SoDinhDanh", _K.NUMBER, _text("personal_number"), ("personal_number_raw",)),
    _field(None, "old_id_number", "Số chứng minh nhân dân (9 số)", "Old identity card number (9 digits)",
           "Decree 05/1999", "SoCMND", _K.NUMBER, _text("old_id_number"), ("old_id_number_raw",)),
)  # fmt: skip

EXTRAS: tuple[Field, ...] = (
    _field(None, "other_names", "Tên gọi khác", "Other names", "Law 26/2023 art. 9(2)", "", _K.TEXT,
           _text("other_names"), ("other_names_raw",)),
    _field(None, "birth_place", "Nơi sinh", "Place of birth", "Law 26/2023 art. 9(6)", "", _K.TEXT,
           _text("birth_place"), ("birth_place_raw",)),
    _field(None, "residence_file_number", "Số hồ sơ cư trú", "Residence file number", "Law 26/2023 art. 9(20)", "",
           _K.TEXT, _text("residence_file_number"), ("residence_file_number_raw",)),
)  # fmt: skip

ALL_FIELDS: tuple[Field, ...] = (*FIELDS, *IDENTIFIERS, *EXTRAS)

CONTEXT_RAW_COLUMNS: tuple[str, ...] = (
    "serial_raw",
    "entry_date_raw",
    "occupation_raw",
    "notes_raw",
    "corrects_raw",
    "other_raw",
)
"""Text of a ledger line that is no field: its serial, date of entry, notes; ``corrects_raw`` is the id of the row
that a line of a returned error file mends; ``other_raw`` is a JSON object {heading: text} of all columns that
no field claims or that a field takes only in parts, so that nothing read is lost."""


def by_name(name: str) -> Field:
    """The field, identifier or extra of that name. Raises KeyError."""
    return _BY_NAME[name]


def by_number(number: int) -> Field:
    """The field of the law with that number, 1 to 17."""
    return FIELDS[number - 1]


_BY_NAME = {f.name: f for f in ALL_FIELDS}
