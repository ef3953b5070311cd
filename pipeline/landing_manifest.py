"""The manifest of a delivery: which files it holds, how long each is, and its SHA-256, as the sender declares it.

``so.csv.manifest.json`` beside a file, or ``manifest.json`` in a folder::

    {"files": [{"name": "so.csv", "bytes": 1024, "sha256": "9f86d0..."}]}

Names are relative to the folder that the manifest lies in.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pipeline.landing_files import Seen, ZoneFiles

_ENDING, _IN_FOLDER = ".manifest.json", "manifest.json"
_MOST_BYTES = 8 << 20
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class Declared:
    """What a manifest says: path below the zone -> bytes and SHA-256. `is_broken`: it cannot be read (yet)."""

    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    is_broken: bool = False


def is_manifest(path: str) -> str:
    """The name of the delivery that a file at the top is the manifest of; of one in a folder its own; else empty."""
    pure = PurePosixPath(path)
    if pure.name == _IN_FOLDER:
        return path
    return path.removesuffix(_ENDING) if pure.name.endswith(_ENDING) and len(pure.parts) == 1 else ""


def declared_by(files: ZoneFiles, seen: Sequence[Seen]) -> Declared | None:
    """What the manifests of a delivery declare together; None where it has none."""
    manifests = [each for each in seen if is_manifest(each.path)]
    if not manifests:
        return None
    found: dict[str, tuple[int, str]] = {}
    for each in manifests:
        read = _read(files, each)
        if read is None or set(read) & set(found):
            return Declared(is_broken=True)
        found |= read
    return Declared(found, is_broken=not found)


def _read(files: ZoneFiles, manifest: Seen) -> dict[str, tuple[int, str]] | None:
    if manifest.size > _MOST_BYTES:
        return None
    parent = PurePosixPath(manifest.path).parent
    try:
        entries = json.loads(files.small(manifest.path, _MOST_BYTES).decode("utf-8-sig"))["files"]
        found = {(parent / e["name"]).as_posix(): (int(e["bytes"]), str(e["sha256"]).lower()) for e in entries}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    is_good = len(found) == len(entries) and all(n >= 0 and _DIGEST.fullmatch(d) for n, d in found.values())
    return found if is_good else None
