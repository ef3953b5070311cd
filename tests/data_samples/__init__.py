"""Tests of the synthetic ledgers."""
