"""Readers: a delivered file of any supported kind becomes source records, all text, each with its place."""
