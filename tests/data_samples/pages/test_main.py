"""The command writes files and a truth that says which."""

import pyarrow.parquet as pq
import pytest
from PIL import Image

from data_samples.pages.__main__ import main
from data_samples.pages.truth import TRUTH


def test_pages_and_truth(tmp_path, capsys):
    forms = ["household_register", "household_book_member"]
    main(["--pages", "5", "--seed", "2", "--levels", "2", "5", "--forms", *forms, "--formats", "jpg", "g4", "png",
          "--out", str(tmp_path)])  # fmt: skip
    truth = pq.read_table(tmp_path / "truth.parquet")
    assert truth.schema.equals(TRUTH)
    assert capsys.readouterr().out.startswith("5 pages in 3 files")
    assert set(truth["file"].to_pylist()) == {"00001.jpg", "00002.tif", "00003.png"}
    assert {p.name for p in tmp_path.iterdir()} == {"00001.jpg", "00002.tif", "00003.png", "truth.parquet"}
    assert Image.open(tmp_path / "00002.tif").n_frames == 3
    combined = set(zip(truth["form_id"].to_pylist(), truth["level"].to_pylist(), strict=True))
    assert combined == {(f, level) for f in forms for level in (2, 5)}
    assert all(len(q) == 8 for q in truth["quad"].to_pylist())


def test_no_pages_are_no_run(tmp_path):
    with pytest.raises(SystemExit):
        main(["--pages", "0", "--out", str(tmp_path)])
