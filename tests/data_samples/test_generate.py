import pytest

from data_samples.generate import main


def test_writes_ledgers_apart_from_their_truth(tmp_path, capsys):
    main(["--people", "60", "--seed", "4", "--provinces", "01", "--out", str(tmp_path), "--layout", "csv"])
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")) == [
        "input/01-001.csv", "truth.parquet",
    ]  # fmt: skip
    assert "rows of 60 people" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--people", "10", "--provinces", "99"], "not a province code"), (["--people", "0"], "1 or more")],
)
def test_says_what_is_wrong(tmp_path, arguments, told):
    with pytest.raises(SystemExit, match=told):
        main([*arguments, "--out", str(tmp_path)])


@pytest.mark.parametrize("people", ["1", "2", "7"])
def test_the_smallest_deliveries(tmp_path, people):
    main(["--people", people, "--provinces", "01", "40", "92", "--out", str(tmp_path), "--workers", "1"])
    assert (tmp_path / "truth.parquet").exists()
