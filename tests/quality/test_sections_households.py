from quality.report_households import SizeGroup
from quality.sections_households import sizes_shown
from quality.wording import NO_BREAK


def test_each_size_has_its_share_and_the_last_one_is_open() -> None:
    shown = sizes_shown((SizeGroup(1, 300), SizeGroup(2, 600), SizeGroup(10, 100)), "en")
    assert [(s.label, s.households, s.share) for s in shown] == [
        ("1", "300", f"30.0{NO_BREAK}%"), ("2", "600", f"60.0{NO_BREAK}%"), ("10 or more", "100", f"10.0{NO_BREAK}%"),
    ]  # fmt: skip
    assert 'width="200" height="12" class="read"' in shown[1].bar, "the largest group fills its bar"
    assert 'width="100" height="12" class="read"' in shown[0].bar


def test_nobody_is_nothing() -> None:
    assert sizes_shown((), "vi") == ()
