"""Composition: the list of steps, the runner that feeds them, the command line."""
