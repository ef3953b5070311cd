from transforms.place_names import ends_of, names, reordered, says_unit, skip, stop_of
from transforms.place_words import words_of


def test_names_end_at_a_comma():
    assert [n.key for n in names(words_of("A B, C D", {}), 4)] == ["cd", "d"]


def test_what_says_no_more_is_passed_over():
    words = words_of("Hà Nội cũ, Việt Nam, 100000", {})
    assert skip(words, len(words.keys)) == 2


def test_parts_the_other_way_round():
    turned = next(iter(reordered(words_of("T. Thanh Hóa, H. Nga Sơn", {}))))
    assert turned.keys == ("h", "nga", "son", "t", "thanh", "hoa")


def test_a_name_ends_at_a_break_or_before_a_hamlet():
    words = words_of("xã Tân Lập thôn 3", {})
    assert (stop_of(words, 1), ends_of(words, 1, 5)) == (5, [5, 3])
    assert [says_unit(words, i) for i in range(5)] == [True, False, False, False, False]
