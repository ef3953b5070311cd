"""The stand-alone verifier: every change of a chain is found where it is, and a chain that is whole passes."""

import ast
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from store import audit_verifier
from store.audit_proof import head_text, proof, trail_of
from store.audit_verifier import Finding, Head, Tree, holds, parse_head, read_heads, terms, verify, vouched
from tests.store import tampering
from tests.store.tampering import KINDS, bodies, chained, head_of, is_located, seeded

SOURCE = Path(audit_verifier.__file__)
KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
ROWS = chained(bodies(200, 1))


def tree_hash(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, 2.1."""
    if len(leaves) <= 1:
        return sha256(b"\x00" + leaves[0]).digest() if leaves else sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + tree_hash(leaves[:half]) + tree_hash(leaves[half:])).digest()


def signed(rows: list[bytes], since: int = 0) -> Head:
    trail = trail_of(rows[since:])
    text = head_text(verify(rows), "2026-02-01T00:00:00+00:00", since + 1, trail)
    return parse_head(text, KEY.sign(text.encode()), trail)


def write_head(folder: Path, head: Head) -> None:
    stem = folder / f"head-{head.sequence:012d}"
    stem.with_suffix(".txt").write_text(head.text)
    stem.with_suffix(".sig").write_bytes(head.signature)
    stem.with_suffix(".trail").write_bytes(head.trail)


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_tree_is_that_of_rfc_6962(leaves: list[bytes]) -> None:
    tree = Tree()
    for number, leaf in enumerate(leaves):
        assert tree.root() == tree_hash(leaves[:number])
        tree.add(leaf)
    assert tree.root() == tree_hash(leaves)


@given(st.integers(1, 150), st.integers(0, 3))
def test_a_whole_chain_passes_with_every_head_of_it(count: int, seed: int) -> None:
    rows = chained(bodies(count, seed))
    heads = [head_of(rows[:n]) for n in {1, (count + 1) // 2, count}]
    found = verify(rows, heads)
    assert (found.findings, found.events, found.hash) == ((), count, rows[-1].rstrip()[-64:].decode())
    assert head_of(rows).root == found.root


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(12))
def test_every_kind_of_change_is_found_and_located(kind: str, seed: int) -> None:
    heads = [head_of(ROWS[:80]), head_of(ROWS, 80)]
    assert is_located(KINDS[kind](ROWS, seeded(f"{kind}{seed}")), heads)


@pytest.mark.parametrize("kind", ["delete_last", "cut_tail", "old_backup", "rewrite"])
def test_what_only_a_kept_head_can_tell(kind: str) -> None:
    changed = KINDS[kind](ROWS, seeded(7)).rows
    assert verify(changed).findings == ()
    assert verify(changed, [head_of(ROWS)]).findings != ()


def test_without_a_trail_a_rewriting_lies_between_two_heads() -> None:
    rewritten = ROWS[:120] + chained(
        [b.replace(b"person", b"perso") for b in bodies(200, 1)[120:]], last_of(ROWS[:120])
    )
    bare = [parse_head(head_text(verify(ROWS[:n]), "x"), b"") for n in (100, 150, 200)]
    assert verify(rewritten, bare).findings == (Finding("rewritten", 101, 150),)
    assert verify(rewritten, [*bare, head_of(ROWS)]).findings == (Finding("rewritten", 121, 121),)


def last_of(rows: list[bytes]) -> bytes:
    return bytes.fromhex(rows[-1].rstrip()[-64:].decode())


def test_several_changes_are_all_named() -> None:
    rows = ROWS.copy()
    for at in (10, 50, 90):
        rows[at] = rows[at].replace(b"\tdone\t", b"\trefused\t")
    del rows[150]
    assert [(f.kind, f.position) for f in verify(rows).findings] == [
        ("changed", 11), ("changed", 51), ("changed", 91), ("missing", 151),
    ]  # fmt: skip


@given(st.lists(st.binary(max_size=200), max_size=30))
def test_no_rubbish_crashes_it_or_passes(rows: list[bytes]) -> None:
    assert bool(verify(rows).findings) == bool(rows)


@given(st.integers(1, 90), st.data())
def test_a_proof_holds_for_its_event_alone(count: int, data: st.DataObject) -> None:
    rows = chained(bodies(count, 5))
    position = data.draw(st.integers(1, count))
    head = signed(rows)
    told = proof(rows, position, head)
    assert holds(told, PUBLIC)
    assert len(json.dumps(told)) <= 4096
    assert not holds({**told, "event": str(told["event"]).replace("\tdone\t", "\trefused\t")}, PUBLIC)
    assert not holds({**told, "position": position % count + 1}, PUBLIC) or count == 1
    assert not holds({**told, "signature": "00" * 64}, PUBLIC)
    if told["path"]:
        assert not holds({**told, "path": told["path"][:-1]}, PUBLIC)


def test_a_proof_in_a_chain_of_a_thousand_million_events_stays_small() -> None:
    told = proof(ROWS, 77, signed(ROWS))
    path = ["0" * 64] * 30
    assert len(json.dumps({**told, "path": path}, indent=1)) <= 4096


def test_an_event_above_the_head_has_no_proof() -> None:
    for position in (0, 101):
        with pytest.raises(ValueError, match="below"):
            proof(ROWS, position, signed(ROWS[:100]))


def test_heads_that_were_changed_are_named(tmp_path: Path) -> None:
    write_head(tmp_path, signed(ROWS[:50]))
    write_head(tmp_path, signed(ROWS[:100], 50))
    assert [h.sequence for h in read_heads(tmp_path, PUBLIC)[0]] == [50, 100]
    text = tmp_path / "head-000000000050.txt"
    text.write_text(text.read_text().replace("sequence: 50", "sequence: 40"))
    trail = tmp_path / "head-000000000100.trail"
    trail.write_bytes(b"x" + trail.read_bytes()[1:])
    (tmp_path / "head-000000000200.txt").write_text("nothing")
    heads, wrong = read_heads(tmp_path, PUBLIC)
    assert (heads, [w.kind for w in wrong]) == ([], ["head_forged", "trail_changed", "head_unreadable"])


def test_another_key_signs_nothing() -> None:
    head = signed(ROWS)
    other = Ed25519PrivateKey.generate().sign(head.text.encode())
    assert audit_verifier.is_signed(head.text, head.signature, PUBLIC)
    assert not audit_verifier.is_signed(head.text, other, PUBLIC)


def numbered(number: int) -> Ed25519PrivateKey:
    """The same keys on every run, so that an example can be shrunk."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def body(key: Ed25519PrivateKey) -> str:
    return pem(key).decode().splitlines()[1]


def handed(count: int, signer: Ed25519PrivateKey, heir: Ed25519PrivateKey | None = None) -> Head:
    """A head over the first events, signed by one key; with an heir it hands over to that one."""
    text = head_text(verify(ROWS[:count]), "2026-02-01T00:00:00+00:00", next_key=body(heir) if heir else "")
    return parse_head(text, signer.sign(text.encode()))


@given(st.lists(st.integers(1, 200), min_size=1, max_size=4, unique=True), st.randoms(use_true_random=False))
def test_each_key_signs_until_it_hands_over_and_never_again(places: list[int], random: Random) -> None:
    keys = [numbered(n) for n in range(len(places) + 1)]
    ends = [0, *sorted(places), 200]
    handing = [handed(at, keys[n], keys[n + 1]) for n, at in enumerate(ends[1:-1])]
    within = [handed(random.randint(max(ends[n], 1), ends[n + 1]), key) for n, key in enumerate(keys)]
    late = [handed(at + 1, keys[n]) for n, at in enumerate(ends[1:-1]) if at < 200]
    early = [handed(at - 1, keys[n + 1]) for n, at in enumerate(ends[1:-1]) if at > 1]
    stolen = [handed(at, keys[n], numbered(9)) for n, at in enumerate(ends[1:-1])]
    stolen = [head for head, real in zip(stolen, handing, strict=False) if head.next_key > real.next_key]
    heads = [*handing, *within, *late, *early, *stolen]
    random.shuffle(heads)
    held, wrong = vouched(heads, pem(keys[0]))
    assert {h.text for h in held} == {h.text for h in (*handing, *within)}
    assert [w.kind for w in wrong] == ["head_forged"] * (len(heads) - len(held))
    assert verify(ROWS, held).findings == ()


def test_keys_that_hand_over_in_a_ring_come_to_an_end() -> None:
    other = Ed25519PrivateKey.generate()
    ring = [handed(10, KEY, other), handed(10, other, KEY), handed(20, KEY, other), handed(5, KEY, KEY)]
    assert len(terms(ring, PUBLIC)) == 5
    assert vouched(ring, PUBLIC) == (ring, [])


def test_a_proof_under_a_later_key_brings_the_heads_that_handed_over() -> None:
    second, third = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    between = [handed(50, KEY, second), handed(100, second, third)]
    told = proof(ROWS, 7, handed(200, third), between)
    assert holds(told, PUBLIC)
    assert len(json.dumps(told, indent=1)) <= 4096 + 2 * 600
    assert not holds({**told, "handed_over": told["handed_over"][:1]}, PUBLIC)
    assert not holds(proof(ROWS, 7, handed(200, third)), PUBLIC)


@pytest.mark.parametrize(
    "heir",
    ["x", "A" * 60, body(KEY)[:-4], "MCowBQYDK2VuAyEA" + "A" * 44],
    ids=["word", "letters", "cut", "other_curve"],
)
def test_a_head_that_hands_over_to_no_key_is_no_head(heir: str) -> None:
    with pytest.raises(ValueError):
        parse_head(head_text(verify(ROWS), "x", next_key=heir), b"")


def alone(*arguments: object) -> tuple[int, str]:
    """The file run by itself, where nothing of ours can be imported."""
    done = subprocess.run(
        [sys.executable, "-I", str(SOURCE), *map(str, arguments)], capture_output=True, text=True, check=False, cwd="/"
    )
    return done.returncode, done.stdout + done.stderr


def test_it_runs_alone_on_an_export_and_on_a_proof(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    write_head(kept, signed(ROWS))
    (tmp_path / "audit.pub").write_bytes(PUBLIC)
    (tmp_path / "events.tsv").write_bytes(b"".join(ROWS))
    (tmp_path / "proof.json").write_text(json.dumps(proof(ROWS, 3, signed(ROWS))))
    assert alone(tmp_path, "--heads", kept) == (0, "sound: 200 events, 1 heads\n")
    assert alone(tmp_path, "--heads", kept, "--no-signatures")[0] == 0
    assert alone(tmp_path / "proof.json") == (0, "sound: 1 events, 0 heads\n")
    (tmp_path / "events.tsv").write_bytes(b"".join(ROWS[:-5]))
    assert alone(tmp_path) == (0, "sound: 195 events, 0 heads\n")
    assert alone(tmp_path, "--heads", kept) == (1, "cut: event 196 to 200\nCHANGED: 195 events, 1 heads\n")
    assert alone(tmp_path / "nowhere")[0] == 2


def test_it_stays_small_and_stands_alone() -> None:
    source = SOURCE.read_text("utf-8")
    assert len(source.splitlines()) <= 350
    roots = {
        (n.module if isinstance(n, ast.ImportFrom) else n.names[0].name or "").split(".")[0]  # type: ignore[union-attr]
        for n in ast.walk(ast.parse(source))
        if isinstance(n, ast.Import | ast.ImportFrom)
    }
    assert roots <= set(sys.stdlib_module_names) | {"cryptography"}


def test_a_head_is_read_as_it_was_written() -> None:
    head = head_of(ROWS, 100)
    assert (head.sequence, head.trail_from, len(head.trail)) == (200, 101, 400)
    for wrong in ("", "x", head.text.replace("root", "boot"), head.text.replace("sequence: 200", "sequence: x")):
        with pytest.raises(ValueError):
            parse_head(wrong, b"")


def test_every_tampering_changes_the_chain() -> None:
    for name, change in KINDS.items():
        assert all(change(ROWS, seeded(s)).rows != ROWS for s in range(20)), name
    assert tampering.body_of(ROWS[0]) + b"\t" in ROWS[0]
