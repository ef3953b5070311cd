"""A few committed pictures of ledger pages of synthetic people, with what stands in each cell."""
