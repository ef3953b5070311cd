"""The committed batch: ledgers of three provinces in three layouts, and what must come of each row."""
