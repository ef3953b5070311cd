"""Rights are written anew: the policy of the nation is tried before that of a province (store.rights)."""

revision = "0035"
down_revision = "0031"


def upgrade() -> None:
    """Nothing of the tables changes; every migration ends with writing rights and policies anew."""


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
