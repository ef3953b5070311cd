"""Fuzzing of the readers: one harness a format, each runnable alone with ``-runs=N``; `make fuzz` runs them all."""
