"""The catalogue of bad inputs: a seeded generator and an exact expectation for each of the 216 numbered items."""
