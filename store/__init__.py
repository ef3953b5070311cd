"""The population store: an embedded PostgreSQL by default, else a server; one transaction a batch (floor 3)."""
