from pathlib import Path

from pipeline import documents

ROOT = Path(__file__).parents[2]


def test_the_committed_dictionary_is_the_generated_one(tmp_path: Path) -> None:
    documents.write_dictionary(tmp_path / "d.md")
    assert (tmp_path / "d.md").read_text("utf-8") == (ROOT / "docs" / "data_dictionary.md").read_text("utf-8")
