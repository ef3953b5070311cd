"""ASVS 5.0 in docs/security.md: each requirement of levels 1 and 2 has one answer, and what it points to exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8").partition("## OWASP ASVS")[2]
ANSWERS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (\S+) \| (.+) \|$", TEXT, re.MULTILINE)
# How many requirements of levels 1 and 2 each chapter of version 5.0.0 has.
COUNTS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13,
          16: 16, 17: 7}  # fmt: skip


def test_each_requirement_has_one_answer() -> None:
    ids = [each for each, *_ in ANSWERS]
    assert len(ids) == len(set(ids)) == 253
    found = {chapter: sum(i.split(".")[0] == str(chapter) for i in ids) for chapter in COUNTS}
    assert found == COUNTS
    assert {status for _, status, _ in ANSWERS} == {"met", "part", "open", "site", "n/a"}
    for each, status, answer in ANSWERS:
        assert answer.strip(), each
        if status == "part":
            assert len(answer) > 40, each


def test_what_the_answers_point_to_exists() -> None:
    for path in set(re.findall(r"`((?:portal|pipeline|store|readers|quality|tests)/[a-z_/]+\.py)`", TEXT)):
        assert (ROOT / path).is_file(), path
    for link in set(re.findall(r"\]\(([^)#]+)", TEXT)):
        assert (ROOT / "docs" / link).is_file(), link
