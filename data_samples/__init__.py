"""Synthetic household ledgers with their truth: a generator of any size and the small committed batches."""
