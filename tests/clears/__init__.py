"""Tasks of all DAGs cleared, run twice and killed at random moments: the store ends the same."""
