"""Pictures of ledger pages with the truth about each cell. Synthetic people only."""
