"""Measurements: one script a question, results committed with the machine they were taken on."""
