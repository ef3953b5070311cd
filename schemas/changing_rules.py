"""The rules that say a value is not what the ledger has, beyond its form: something was put, left out or moved.

Reading `ngày 5 tháng 3 năm 1960` as a date, a word as its code, or KINH as Kinh changes the form alone and is no
change. Nor is a doubt that leaves the value as it stands (`birth_date.default_day`).
"""

CHANGING: frozenset[str] = frozenset({
    # of a name: what is no part of it, or signs that only look like letters
    "full_name.note_removed", "full_name.other_name", "full_name.says_dead", "full_name.look_alike",
    # of a date: digits put, put together or taken for letters; another calendar; words, or a second date, left out
    "birth_date.two_digit_year", "birth_date.leading_zero", "birth_date.year_joined", "birth_date.not_digits",
    "birth_date.excel_serial", "birth_date.lunar", "birth_date.several", "birth_date.year_of_text",
    "birth_date.note_removed", "birth_date.approximate", "birth_date.time_removed", "birth_date.order_unclear",
    # taken from elsewhere in the file
    "ditto.resolved", "row.merged_cell", "sex.digits", "household.number_filled", "household.line_above",
    "household.head_inferred",
    # of a place: the unit of today for one that is no more
    "place.province_abolished",
    # two columns said different things, one of them is used
    "text.columns_differ",
})  # fmt: skip
"""Ids of rules.csv."""
