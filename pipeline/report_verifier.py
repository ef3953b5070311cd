"""Verify a sealed report without sohoa: `python report_verifier.py REPORT.html --key audit.pub`.

This file stands alone. It needs Python 3.11 and, for the signature, `cryptography`, else OpenSSL and --no-signature:

    openssl pkeyutl -verify -pubin -inkey audit.pub -rawin -in REPORT.seal.json -sigfile REPORT.seal.sig

What is verified. REPORT.seal.json is JSON, one member or list entry a line, signed as it stands (REPORT.seal.sig,
Ed25519). `files` has the SHA-256 of each file of the report, in its folder .rows too; `sections` divides each, without
gap: from which byte, how many bytes, SHA-256, and the first 8 bytes of the SHA-256 of each 512 bytes of it (`blocks`),
by which a change is located. `root` is the Merkle root (RFC 6962) over the sections, leaf = "file TAB section TAB from
TAB bytes TAB sha256" in UTF-8. `self` has the first 4 bytes of the SHA-256 of each line of the seal before it.
`handed_over` has heads of the audit (text, signature) by which an older key handed over to the next; verify with the
first. `as_of`, `counted` and `made` are places in the audit (sequence, hash), to be found in its export.

Exit status: 0 sound, 1 something was changed or is missing, 2 called wrongly, 3 the signature cannot be checked here.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

FORMAT = "sohoa-seal/1"
SEAL, SIGNATURE, FOLDER = ".seal.json", ".seal.sig", ".rows"
_NAME = re.compile(r"([^/\\]+\.rows/)?(?!\.\.?$)[^/\\]+")
BLOCK, DIGITS, LINE_DIGITS = 512, 16, 8
_SELF, _TAIL = b'"self":"', b'"\n}\n'
_OF = re.compile(rb'(?:sohoa-report" content="batch |^  "batch": \{.{0,900}?"batch_id": ")([0-9a-f]{32})"', re.M | re.S)
_FRAME = "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n"
_AHEAD, _ASIDE, _TRIES, _TELLING, _MOST_MOVED, _SIGNATURE_BYTES, _ALIKE = 4, 1024, 100_000, 32, 64, 64, 4

SAID: Mapping[str, tuple[str, str]] = {
    "changed": ("đã bị sửa", "was changed"),
    "added": ("có thêm dữ liệu ở cuối", "has more bytes at its end"),
    "cut": ("bị cắt ở cuối", "was cut at its end"),
    "moved": ("phần này đứng vào chỗ của phần khác", "this section stands where another one stood"),
    "file_missing": ("thiếu tệp", "the file is missing"),
    "stranger": ("tệp lạ, không thuộc báo cáo", "is no file of the report"),
    "other_report": ("tệp này thuộc báo cáo khác", "this file belongs to another report"),
    "other_seal": ("niêm phong này là của báo cáo khác", "this is the seal of another report"),
    "seal_missing": ("thiếu tệp niêm phong", "the seal is missing"),
    "seal_changed": ("tệp niêm phong đã bị sửa", "the seal was changed"),
    "unsigned": ("niêm phong không có chữ ký", "the seal has no signature"),
    "signature_false": ("chữ ký không đúng với khóa này", "the signature does not hold under this key"),
    "root_false": ("gốc Merkle không khớp các phần", "the Merkle root is not that of the sections"),
}
_KNOWN = (
    "Báo cáo {}: nội dung {}; gốc Merkle {}; nhật ký kiểm toán đến sự kiện {} ({}).",
    "Report {}: content {}; Merkle root {}; audit as of event {} ({}).",
)
_SOUND = ("NGUYÊN VẸN: {} tệp, {} phần.", "SOUND: {} files, {} sections.")
_CHANGED = ("ĐÃ BỊ SỬA: {} chỗ.", "CHANGED: {} findings.")
_BYTES = ("byte {} đến {} (dòng {})", "bytes {} to {} (line {})")
_UNSEEN = ("Chữ ký chưa được kiểm.", "The signature was not checked.")
_PART = ("phần {}", "section {}")


@dataclass(frozen=True)
class Finding:
    """What is wrong where: sections sealed there, bytes first to last (exclusive; equal: some are gone), line now."""

    kind: str
    file: str
    sections: tuple[str, ...] = ()
    first: int = 0
    last: int = 0
    line: int = 0


@dataclass(frozen=True)
class Verdict:
    """What was verified; `is_signed` None: nobody looked at the signature."""

    report: str
    content: str
    root: str
    as_of: Mapping[str, Any] | None
    files: int
    sections: int
    is_signed: bool | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Piece:
    """Bytes of a file as they were sealed."""

    first: int
    last: int
    digest: str


Span = tuple[int, int, int, int]  # first and last byte as they are now, first and last as they were sealed


def digest_of(content: bytes) -> str:
    """What a piece is told by."""
    return sha256(content).hexdigest()[:DIGITS]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The Merkle root of RFC 6962."""
    if len(leaves) <= 1:
        return sha256(b"\x00" + leaves[0]).digest() if leaves else sha256().digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\x01" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


def leaf(section: Mapping[str, Any]) -> bytes:
    """What stands for a section in the tree."""
    return "\t".join(str(section[k]) for k in ("file", "name", "from", "bytes", "sha256")).encode()


def closed(body: bytes) -> bytes:
    """A seal from its lines up to `self`."""
    return body + _SELF + "".join(map(_short, body.split(b"\n")[:-1])).encode() + _TAIL


def verify(given: Path, key: bytes | None) -> Verdict:
    """Verify a report by any of its files; None as key: the signature was checked elsewhere.

    Raises:
        OSError: a file that is there cannot be read.
        ImportError: `cryptography` is not there.
        ValueError: the key is none.
    """
    path, asked = _seal_of(given)
    if not path.exists() and given.exists():
        return Verdict("", "", "", None, 0, 0, None, (Finding("seal_missing", path.name),))
    text = path.read_bytes()
    signature = path.with_name(path.name.removesuffix(SEAL) + SIGNATURE)
    told = _parsed(text)
    keys = [] if key is None else _keys(told, key)
    held, wrong = _signed(path, text, signature, keys) if keys else (None, _damage(path.name, text, None))
    if told is None or any(f.kind == "seal_changed" for f in wrong):  # nothing can be judged by it
        found = wrong or [Finding("seal_changed", path.name, (), 0, len(text), 1)]
        return Verdict("", "", "", None, 0, 0, held, tuple(found))
    names, starts = [file["name"] for file in told["files"]], (path.name.removesuffix(SEAL) + ".", told["id"] + ".")
    if asked not in (*names, path.name, signature.name) or not all(name.startswith(starts) for name in names):
        wrong.append(Finding("other_seal", path.name))
    if root_of([leaf(s) for s in told["sections"]]).hex() != told["root"]:
        wrong.append(Finding("root_false", path.name))
    for file in told["files"]:
        wrong += _file(path.parent / file["name"], file, told)
    folders = sorted({(path.parent / name).parent for name in names} - {path.parent})
    there = [f"{folder.name}/{page.name}" for folder in folders for page in sorted(folder.glob("*"))]
    wrong += [Finding("stranger", name) for name in there if name not in names]
    counts = len(names), len(told["sections"])
    return Verdict(told["id"], told["content"], told["root"], told["as_of"], *counts, held, tuple(wrong))


def changes(content: bytes, pieces: Sequence[Piece]) -> list[Span]:
    """Where bytes are not what was sealed."""
    size = pieces[-1].last if pieces else 0
    shift, low, high = len(content) - size, 0, len(pieces)
    while low < high and _is_at(content, pieces[low], 0):
        low += 1
    while high > low and _is_at(content, pieces[high - 1], shift):
        high -= 1
    if low == high and not shift:
        return []
    start = pieces[low].first if low < len(pieces) else size
    if low == high:
        return [_widened(content, (start, max(start, start + shift), start, start))]
    return [_widened(content, span) for span in _between(content, pieces, low, high, shift)]


def _between(content: bytes, pieces: Sequence[Piece], low: int, high: int, shift: int) -> Iterator[Span]:
    """The spans between the pieces that hold from the front and those that hold from the back."""
    now, tries = 0, _TRIES
    while low < high:
        after, then, tries = _found_again(content, pieces, (low, high), (now, shift), tries)
        old = pieces[low].first, pieces[after - 1].last
        first = min(old[0] + now, len(content))
        yield first, max(first, old[1] + then), *old
        low, now = after, then
        while low < high and _is_at(content, pieces[low], now):
            low += 1


def _found_again(
    content: bytes, pieces: Sequence[Piece], bounds: tuple[int, int], shifts: tuple[int, int], tries: int
) -> tuple[int, int, int]:
    """The next piece that holds, how far it has moved, and how many tries are left."""
    low, high = bounds
    for at in range(low + 1, high):
        aside = range(1, _ASIDE + 1) if at <= low + _AHEAD else ()
        for moved in (*shifts, *(shifts[0] + sign * step for step in aside for sign in (1, -1))):
            if tries <= 0:
                return high, shifts[1], 0
            tries -= 1
            piece = pieces[at]
            if (moved == shifts[0] or piece.last - piece.first >= _TELLING) and _is_at(content, piece, moved):
                return at, moved, tries
    return high, shifts[1], tries


def _is_at(content: bytes, piece: Piece, shift: int) -> bool:
    first, last = piece.first + shift, piece.last + shift
    return first >= 0 and last <= len(content) and digest_of(content[first:last]) == piece.digest


def _widened(content: bytes, span: Span) -> Span:
    """Where bytes came or went within a run of one byte, any place of the run may be the one."""
    first, last, old_first, old_last = span
    if last - first != old_last - old_first:
        while 0 < first < len(content) and content[first - 1] == content[first]:
            first -= 1
        while 0 < last < len(content) and content[last - 1] == content[last]:
            last += 1
    return first, last, old_first, old_last


def _file(path: Path, file: Mapping[str, Any], told: Mapping[str, Any]) -> list[Finding]:
    """What is wrong with a file of the report."""
    name = file["name"]
    if not path.is_file():
        return [Finding("file_missing", name)]
    content = path.read_bytes()
    if sha256(content).hexdigest() == file["sha256"]:
        return []
    sections = [s for s in told["sections"] if s["file"] == name]
    of = _OF.search(content)
    if of is not None and sum(a != b for a, b in zip(of[1].decode(), told["id"], strict=False)) > _ALIKE:
        return [Finding("other_report", name, (), 0, len(content), 1)]
    pieces = [piece for section in sections for piece in _pieces(section)]
    wrong = [_told(content, name, span, sections) for span in changes(content, pieces)]
    hit = [s for s in sections if any(s["name"] in f.sections for f in wrong)]
    wrong += _moved(content, name, hit[:_MOST_MOVED], len(content) - file["bytes"])
    return wrong or [Finding("changed", name, (), 0, len(content), 1)]  # blocks may not tell what the SHA-256 does


def _pieces(section: Mapping[str, Any]) -> Iterator[Piece]:
    first, size, blocks = section["from"], section["bytes"], section["blocks"]
    for n, at in enumerate(range(0, size, BLOCK)):
        yield Piece(first + at, first + min(at + BLOCK, size), blocks[n * DIGITS : (n + 1) * DIGITS])


def _told(content: bytes, name: str, span: Span, sections: Sequence[Mapping[str, Any]]) -> Finding:
    first, last, old_first, old_last = span
    size = sections[-1]["from"] + sections[-1]["bytes"]
    is_cut = old_last >= size and last - first < min(BLOCK, old_last - old_first)
    kind = "added" if old_first >= size else "cut" if is_cut else "changed"
    until = max(old_last, old_first + 1)
    names = [s["name"] for s in sections if s["from"] < until and s["from"] + s["bytes"] > old_first]
    line = content.count(b"\n", 0, first) + 1
    return Finding(kind, name, tuple(names or [sections[-1]["name"]]), first, last, line)


def _moved(content: bytes, name: str, hit: Sequence[Mapping[str, Any]], shift: int) -> Iterator[Finding]:
    """Sections that stand where another one began or ended."""
    for section, other in ((s, o) for s in hit for o in hit if o is not s and s["bytes"] >= _TELLING):
        size, end = section["bytes"], other["from"] + other["bytes"] + shift
        for at in {other["from"], max(0, end - size)}:
            if sha256(content[at : at + size]).hexdigest() == section["sha256"]:
                line = content.count(b"\n", 0, at) + 1
                yield Finding("moved", name, (section["name"], other["name"]), at, at + size, line)


def _signed(path: Path, text: bytes, signature: Path, keys: Sequence[bytes]) -> tuple[bool, list[Finding]]:
    """Is the seal signed, and what is wrong with it or its signature."""
    if not signature.exists():
        return False, [*_damage(path.name, text, None), Finding("unsigned", path.name)]
    by = signature.read_bytes()
    held = next((k for k in keys if len(by) == _SIGNATURE_BYTES and is_signed(text, by, k)), None)
    if held is not None:
        return True, []
    wrong = _damage(path.name, text, lambda repaired: any(is_signed(repaired, by, k) for k in keys))
    return False, wrong or [Finding("signature_false", signature.name, (), 0, len(by), 1)]


def _damage(name: str, text: bytes, is_whole: Callable[[bytes], bool] | None) -> list[Finding]:
    """Where a seal is not what its own lines say; `is_whole` tells whether a seal is the one that was signed."""
    body, mark, tail = text.rpartition(_SELF)
    if mark and text == closed(body):
        return []
    if not mark:  # then it is the mark itself
        first, last = text.rfind(b"\n", 0, max(0, text.rfind(b"\n", 0, -4))) + 1, len(text)
    elif is_whole is not None and is_whole(closed(body)):  # only what tells of the lines was changed
        first, last = _difference(text, closed(body))
    else:
        lines, written = body.split(b"\n")[:-1], tail.split(b'"')[0].decode("ascii", "replace")
        then = [written[n : n + LINE_DIGITS] for n in range(0, len(written), LINE_DIGITS)]
        low, high = _difference([_short(line) for line in lines], then)
        first, last = (sum(len(line) + 1 for line in lines[:n]) for n in (low, high))
    return [Finding("seal_changed", name, (), first, last, text.count(b"\n", 0, first) + 1)]


def _difference(now: Sequence[Any], then: Sequence[Any]) -> tuple[int, int]:
    """From where to where one sequence differs from another: ends that are alike are left out."""
    least = min(len(now), len(then))
    low = next((n for n in range(least) if now[n] != then[n]), least)
    high = next((n for n in range(least - low) if now[-1 - n] != then[-1 - n]), least - low)
    return low, len(now) - high


def _short(line: bytes) -> str:
    return sha256(line).hexdigest()[:LINE_DIGITS]


def _seal_of(given: Path) -> tuple[Path, str]:
    """The seal beside a file or its folder (its name without endings, one after the other), how it calls the file."""
    stem, folder = given.name.removesuffix(SIGNATURE).removesuffix(SEAL), given.absolute().parent
    named = [(given.with_name(stem.rsplit(".", n)[0] + SEAL), given.name) for n in range(stem.count(".") + 1)]
    if folder.name.endswith(FOLDER):
        named.append((folder.with_name(folder.name.removesuffix(FOLDER) + SEAL), f"{folder.name}/{given.name}"))
    return next((n for n in named if n[0].exists()), (given.with_name(stem.rsplit(".", 1)[0] + SEAL), given.name))


def _parsed(text: bytes) -> dict[str, Any] | None:
    """The seal, where it has all that is asked of it."""
    try:
        told = json.loads(text)
        files, sections = told["files"], told["sections"]
        texts = [told[k] for k in ("format", "id", "content", "root")] + [
            f[k] for f in files for k in ("name", "sha256")
        ]
        texts += [section[k] for section in sections for k in ("file", "name", "sha256", "blocks")]
        numbers = [file["bytes"] for file in files] + [s[k] for s in sections for k in ("from", "bytes")]
        names = {file["name"] for file in files}
        is_one = told["format"] == FORMAT and names == {section["file"] for section in sections} and "as_of" in told
        plain = all(isinstance(t, str) for t in texts) and all(type(n) is int and n >= 0 for n in numbers)
        return dict(told) if is_one and plain and all(map(_NAME.fullmatch, names)) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _keys(told: Mapping[str, Any] | None, key: bytes) -> list[bytes]:
    """The key given, and those that it handed over to, one after the other."""
    keys = [key]
    for pair in (told or {}).get("handed_over") or []:
        text, signature = (str(part) for part in [*pair, "", ""][:2])
        heir = re.search(r"^next: ([A-Za-z0-9+/=]{60})$", text, re.MULTILINE)
        by = bytes.fromhex(signature) if re.fullmatch(r"([0-9a-f]{2})+", signature) else b""
        if heir and is_signed(text.encode(), by, keys[-1]):
            keys.append(_FRAME.format(heir.group(1)).encode())
    return keys


def is_signed(text: bytes, signature: bytes, key: bytes) -> bool:
    """Does the signature of a text hold under a public key (PEM)?"""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    public = load_pem_public_key(key)
    if not isinstance(public, Ed25519PublicKey):
        raise ValueError("no Ed25519 key")
    try:
        public.verify(signature, text)
    except InvalidSignature:
        return False
    return True


def in_words(found: Verdict, language: int) -> list[str]:
    """A verdict in Vietnamese (0) or English (1), a line a finding."""
    told = []
    for each in found.findings:
        part = _PART[language].format(", ".join(each.sections)) if each.sections else ""
        where = _BYTES[language].format(each.first, each.last, each.line) if each.line else ""
        told.append(f"{each.file}: " + ", ".join(filter(None, (SAID[each.kind][language], part, where))))
    place = found.as_of or {}
    known = found.report, found.content, found.root, place.get("sequence"), place.get("hash")
    ends = _CHANGED[language].format(len(told)) if told else _SOUND[language].format(found.files, found.sections)
    unseen = [_UNSEEN[language]] if found.is_signed is None else []
    return [*told, *([_KNOWN[language].format(*known)] if found.root else []), *unseen, ends]


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify a report; says what it found in Vietnamese and English."""
    parser = argparse.ArgumentParser(description="Verify a sealed report of sohoa · kiểm báo cáo có niêm phong.")
    parser.add_argument("given", type=Path, help="a file of the report: .html, .json or .seal.json")
    parser.add_argument("--key", type=Path, help="public key, PEM; by default the audit.pub beside the report")
    parser.add_argument("--no-signature", action="store_true", help="the signature was checked elsewhere")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    told = parser.parse_args(arguments)
    path = told.key or told.given.parent / "audit.pub"
    try:
        found = verify(told.given, None if told.no_signature else path.read_bytes())
    except ImportError:
        stem = _seal_of(told.given)[0].name.removesuffix(SEAL)
        how = f"openssl pkeyutl -verify -pubin -inkey {path} -rawin -in {stem}{SEAL} -sigfile {stem}{SIGNATURE}"
        sys.stderr.write(f"no package `cryptography` here; run\n  {how}\nand call again with --no-signature\n")
        return 3
    except (OSError, ValueError) as error:
        sys.stderr.write(f"cannot be read: {type(error).__name__}\n")
        return 2
    words = "\n".join([*in_words(found, 0), *in_words(found, 1)])
    sys.stdout.write((json.dumps(asdict(found), ensure_ascii=False, indent=1) if told.json else words) + "\n")
    return 1 if found.findings else 0


if __name__ == "__main__":
    sys.exit(main())
