"""Who is the same person: block, compare, weigh, classify, cluster, survive (floor 2; columns and integers only)."""
