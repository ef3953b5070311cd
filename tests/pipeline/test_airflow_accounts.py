import json
import stat
from pathlib import Path

from pipeline import airflow_accounts


def test_passwords_are_told_once_and_lie_in_a_file_of_the_owner_alone(tmp_path: Path) -> None:
    root = tmp_path / "airflow"
    fresh = airflow_accounts.ensure(root)
    assert {account.name for account in fresh} == set(airflow_accounts.ROLES)
    file = airflow_accounts.password_file(root)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text("utf-8")) == {account.name: account.password for account in fresh}
    assert airflow_accounts.ensure(root) == []
    assert airflow_accounts.admin(root)[1] in {account.password for account in fresh}


def test_an_account_that_is_missing_is_made_and_the_others_stay(tmp_path: Path) -> None:
    airflow_accounts.ensure(tmp_path)
    file = airflow_accounts.password_file(tmp_path)
    kept = json.loads(file.read_text("utf-8"))
    del kept["portal"]
    file.write_text(json.dumps(kept), "utf-8")
    (fresh,) = airflow_accounts.ensure(tmp_path)
    assert fresh.name == "portal"
    assert kept.items() <= json.loads(file.read_text("utf-8")).items()


def test_airflow_gets_every_account_with_its_role() -> None:
    assert "admin:admin" in airflow_accounts.declared().split(",")
    assert len(set(airflow_accounts.declared().split(","))) == len(airflow_accounts.ROLES)
