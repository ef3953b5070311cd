"""Quality of a batch: checks of rows and households, counts, the gate, the report (floor 2)."""
