"""Items 140 to 144: the file's own name."""

import unicodedata

from tests.corpus.cases import Case, Dice, Ledger, item

SECTION = "file names"


def _named(rng: Dice, name: str, refused: tuple[str, ...] = ()) -> Case:
    ledger = Ledger(rng)
    content = ledger.xlsx() if name.endswith(".xlsx") else ledger.csv(rng.choice(",;")).encode()
    return Case(content, name, {} if refused else ledger.clean(), refused, secrets=ledger.secrets)


def _ending(rng: Dice) -> str:
    return rng.choice((".csv", ".xlsx", ".CSV", ".txt"))


@item(140, "Name that leaves the folder", "A", SECTION)
def _(rng: Dice) -> Case:
    start = rng.choice(("../../../tmp/", "..\\..\\", "/etc/cron.d/", "C:\\Windows\\", "./././../", "~/", "..%2f..%2f"))
    return _named(rng, f"{start}so{rng.randrange(99)}{_ending(rng)}")


@item(141, "Name that is a formula or markup", "A", SECTION)
def _(rng: Dice) -> Case:
    text = rng.choice(
        (
            "=cmd|' C calc'!A0",
            "<script>alert(1)<",
            "<img src=x onerror=alert(1)>",
            "{{7*7}}",
            "$(id)",
            "so; rm -rf",
            "so\nERROR forged",
            "@SUM(1)",
            "\x1b[31mso",
            "so\u202excsv",
        )
    )
    return _named(rng, f"{text}{_ending(rng)}")


@item(142, "Name of 255 bytes", "A", SECTION)
def _(rng: Dice) -> Case:
    unit, ending = rng.choice(("a", "ộ", "Hộ ông ", "_")), _ending(rng)
    stem = (unit * 255).encode()[: 255 - len(ending)].decode("utf-8", "ignore")
    return _named(rng, stem + ending)


@item(143, "Name in NFD", "A", SECTION)
def _(rng: Dice) -> Case:
    text = rng.choice(("Sổ hộ khẩu xã Cổ Loa", "Đăng ký thường trú", "Hộ ông Nguyễn Văn Thử"))
    return _named(rng, unicodedata.normalize("NFD", text) + _ending(rng))


@item(144, "Double extension", "F", SECTION)
def _(rng: Dice) -> Case:
    name = rng.choice(
        (
            "so.csv.exe",
            "so.xlsx.scr",
            "danh_sach.csv.js",
            "so.pdf.bat",
            "so.csv.vbs",
            "SO.CSV.EXE",
            "so.xlsx.cmd",
            "so.csv.ps1",
            "so.csv.exe ",
            "so.xls.com",
        )
    )
    return _named(rng, name, ("file.unsupported_kind",))
