"""Fault injection: the whole job is killed, refused, cut off and crowded at points taken from its own calls."""
