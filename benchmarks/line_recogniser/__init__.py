"""A line recogniser of our own, as an experiment: texts and pictures to learn from, the network, its training."""
