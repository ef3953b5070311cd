"""Profiles of made matchings."""

from schemas.match_profile import BlockCount, MatchProfile, RuleCount, WeightBin


def made() -> MatchProfile:
    """A matching of our records: a rule with words, one without, a large cluster."""
    rules = (
        RuleCount("name, date", ("name", "date"), 1200, 300, 900, 40),
        RuleCount("a new rule", ("name", "something new"), 34, 0, 30, 3),
        RuleCount("other members of the households match", (), 0, 0, 0, 0),
    )
    return MatchProfile(
        1000, "v2", 6.0, -1.0, 1234, rules, (BlockCount("name, date", ("name", "date"), 70),), 2, 140,
        {"match": 150, "review": 40, "non_match": 1050},
        (WeightBin(-20, "non_match", 1050), WeightBin(1, "review", 40), WeightBin(9, "match", 150)),
        {1: 700, 2: 100, 3: 20, 14: 1, 26: 1}, {"read": 0.51, "block": 12.2, "own": 3.0},
    )  # fmt: skip


def nothing() -> MatchProfile:
    """A matching of an empty table."""
    return MatchProfile(0, "v2", 6.0, -1.0, 0, (), (), 0, 0, {}, (), {}, {})
