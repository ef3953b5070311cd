"""Another key signs the heads: the first public key verifies all of them, by itself too; the old key signs no more."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline import audit, audit_rotation, inquiries
from pipeline.audit_keys import SIGNING_KEY
from pipeline.audit_rotation import rotate
from pipeline.settings import Settings
from schemas.errors import Refused, SettingsError, SohoaError, UsageError
from store import audit_verifier
from store.audit_proof import head_text
from store.engine import Store, open_store
from tests.store import contents
from tests.store.contents import rows

pytestmark = pytest.mark.store


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """A store with a few events and a signed head."""
    opened = open_store(settings.store_url, settings.home)
    happen(settings)
    audit.sign_head(settings)
    yield opened
    opened.close()


def happen(settings: Settings, times: int = 2) -> None:
    for _ in range(times):
        inquiries.broken_invariants(settings)


def alone(folder: Path, *arguments: object) -> tuple[int, str]:
    command = [sys.executable, "-I", "audit_verifier.py", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout


def handing(store: Store) -> int:
    return len(rows(store, "SELECT 1 FROM audit_heads WHERE content LIKE '%next: %'"))


def key_of(settings: Settings) -> bytes:
    return (settings.audit_signing_key_file or settings.home / SIGNING_KEY).read_bytes()


def forge(settings: Settings, key: bytes, folder: Path) -> None:
    """A head over the chain as it is now, signed by that key, as whoever stole it would leave it."""
    verdict = audit.verified(settings)
    text = head_text(verdict, "2026-02-01T00:00:00+00:00")
    stem = folder / f"head-{verdict.events:012d}-stolen"
    stem.with_suffix(".txt").write_text(text)
    stem.with_suffix(".sig").write_bytes(Ed25519PrivateKey.from_private_bytes(key).sign(text.encode()))


def test_the_first_public_key_verifies_every_head_and_a_retired_one_signs_nothing(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    kept, old = tmp_path / "kept", key_of(settings)
    audit.sign_head(settings, kept)
    first = (kept / audit.PUBLIC_KEY).read_bytes()
    for turn in range(2):
        done = rotate(settings, out=kept if turn else None)
        assert done.head.next_key
        happen(settings)
        audit.sign_head(settings, kept)
    assert (handing(store), (kept / audit.PUBLIC_KEY).read_bytes()) == (2, first)
    assert (settings.home / SIGNING_KEY).stat().st_mode & 0o777 == 0o600
    assert old not in [path.read_bytes() for path in (settings.home / "keys").rglob("*") if path.is_file()]
    given = tmp_path / "first.pub"
    given.write_bytes(first)
    assert audit.verified(settings, kept, given).findings == audit.verified(settings, kept).findings == ()
    export = tmp_path / "export"
    assert audit.export(settings, export) is not None
    assert alone(export, ".", "--heads", kept, "--key", given)[0] == 0
    audit.prove(settings, 1, export / "proof.json")
    assert alone(export, "proof.json", "--key", given)[0] == 0
    assert len(json.loads((export / "proof.json").read_text())["handed_over"]) == 2
    forge(settings, old, kept)
    assert [finding.kind for finding in audit.verified(settings, kept).findings] == ["head_forged"]
    assert alone(export, ".", "--heads", kept, "--key", given)[0] == 1
    with pytest.raises(Refused, match=r"audit\.broken"):
        rotate(settings, out=kept)
    assert handing(store) == 2


def test_without_the_head_that_hands_over_the_new_key_is_nobody(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    rotate(settings, out=tmp_path / "kept")
    happen(settings)
    audit.sign_head(settings, tmp_path / "kept")
    assert audit.verified(settings, tmp_path / "kept").findings == ()
    for path in (tmp_path / "kept").glob("head-*.txt"):
        if "next: " in path.read_text():
            path.unlink()
    (tmp_path / "events.tsv").write_bytes(b"")
    shutil.copyfile(str(audit_verifier.__file__), tmp_path / "audit_verifier.py")
    code, told = alone(tmp_path, ".", "--heads", tmp_path / "kept", "--key", tmp_path / "kept" / audit.PUBLIC_KEY)
    assert (code, "head_forged" in told) == (1, True)


def test_a_key_that_was_put_back_signs_no_more(settings: Settings, store: Store, tmp_path: Path) -> None:
    shutil.copytree(settings.home / "keys", tmp_path / "copy")
    rotate(settings)
    for name in ("audit-heads.key", "audit-heads.id"):
        shutil.copy2(tmp_path / "copy" / name, settings.home / "keys" / name)
    before = contents.digest(store, ("audit_events",))
    for act in (audit.sign_head, rotate):
        with pytest.raises(SettingsError, match=r"audit\.key_retired"):
            act(settings)
    assert contents.digest(store, ("audit_events",)) == before


class CutAt:
    """Ends the process, as far as a test can, before the nth call."""

    def __init__(self, point: int) -> None:
        self.left = point

    def around(self, real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
            return real(*given, **named)

        return call


@pytest.mark.parametrize("point", range(1, 7))
def test_cut_at_any_write_the_same_command_goes_on(
    settings: Settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: int
) -> None:
    old = key_of(settings)
    cut = CutAt(point)
    with monkeypatch.context() as patched:
        for name in ("make_key", "write_synced", "write_mark", "move"):
            patched.setattr(audit_rotation, name, cut.around(getattr(audit_rotation, name)))
        patched.setattr(audit_rotation.events, "record", cut.around(audit_rotation.events.record))
        patched.setattr(audit_rotation.audit, "sign", cut.around(audit_rotation.audit.sign))
        with pytest.raises(KeyboardInterrupt):
            rotate(settings)
    rotate(settings)
    assert (handing(store), key_of(settings) != old, cut.left) == (1, True, 0)
    happen(settings)
    audit.sign_head(settings, tmp_path / "kept")
    assert audit.verified(settings, tmp_path / "kept").findings == ()
    assert sorted(path.name for path in (settings.home / "keys").glob("audit-heads*")) == [
        "audit-heads.first.pub", "audit-heads.id", "audit-heads.key",
    ]  # fmt: skip


def made(path: Path, size: int = 32, mode: int = 0o600) -> Path:
    path.write_bytes(os.urandom(size))
    path.chmod(mode)
    return path


def test_a_key_kept_elsewhere_is_changed_by_whoever_keeps_it(settings: Settings, tmp_path: Path) -> None:
    one, two = made(tmp_path / "one.key"), made(tmp_path / "two.key")
    first = replace(settings, audit_signing_key_file=one)
    happen(first)
    audit.sign_head(first, tmp_path / "kept")
    second = replace(settings, audit_signing_key_file=two)
    with pytest.raises(SettingsError, match=r"key\.other"):
        audit.sign_head(second)
    refused: list[tuple[Settings, Path | None, str]] = [
        (second, None, "key.older_needed"), (first, one, "key.same"), (second, tmp_path / "none", "key.missing"),
        (second, made(tmp_path / "open.key", mode=0o644), "key.readable_by_others"),
        (second, made(tmp_path / "short.key", 31), "key.wrong_size"),
        (second, made(tmp_path / "strange.key"), "key.other"),
        (replace(second, audit_signing_key_file=made(tmp_path / "b", mode=0o640)), one, "key.readable_by_others"),
        (settings, None, "key.missing"),
        (replace(second, home=tmp_path / "other home"), made(tmp_path / "strange.key"), "audit.broken"),
    ]  # fmt: skip
    for given, older, code in refused:
        with pytest.raises((SohoaError, UsageError)) as error:
            rotate(given, older)
        assert error.value.code == code
        audit.sign_head(first)
    rotate(second, one, tmp_path / "kept")
    audit.sign_head(second, tmp_path / "kept")
    assert audit.verified(second, tmp_path / "kept").findings == ()
    assert one.exists()
    opened = open_store(settings.store_url, settings.home)
    told = rows(opened, "SELECT outcome, count(*) FROM audit_events WHERE action = 'audit.key_rotated' GROUP BY 1")
    opened.close()
    assert sorted(told) == [("done", 1), ("refused", len(refused))]
