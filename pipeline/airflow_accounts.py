"""Accounts of the local Airflow: one a role, passwords made here and told once, kept in a file for its owner alone.

For engineers on one machine. A deployment for several people has accounts of its own (docs/airflow.md).
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.artefacts import read_json

ROLES: Mapping[str, str] = {"admin": "admin", "engineer": "op", "portal": "user", "viewer": "viewer"}
"""Account -> role of Airflow's simple manager. The portal's service account starts runs and reads their states."""
_ADMIN = "admin"
_FILE = "passwords.json"


@dataclass(frozen=True)
class Account:
    """An account that was made just now."""

    name: str
    role: str
    password: str


def declared() -> str:
    """The accounts as Airflow's setting `simple_auth_manager_users` wants them."""
    return ",".join(f"{name}:{role}" for name, role in ROLES.items())


def password_file(root: Path) -> Path:
    """Where the passwords lie."""
    return root / _FILE


def ensure(root: Path) -> list[Account]:
    """Make the accounts that are missing; those alone are returned, with their passwords."""
    path = password_file(root)
    kept = read_json(path) if path.exists() else {}
    fresh = [Account(name, role, secrets.token_urlsafe(15)) for name, role in ROLES.items() if name not in kept]
    if fresh:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_name(path.name + ".part")
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(json.dumps({**kept, **{account.name: account.password for account in fresh}}) + "\n")
        temporary.replace(path)
    return fresh


def admin(root: Path) -> tuple[str, str]:
    """Name and password of the administrator."""
    return _ADMIN, read_json(password_file(root))[_ADMIN]
