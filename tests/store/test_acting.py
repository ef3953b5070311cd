"""Pseudonyms: the same for the same object under one key, and telling nothing without it."""

from hypothesis import given
from hypothesis import strategies as st

from store.acting import Acting, nobody

LAN = Acting("lan", b"k" * 32)
TEXT = st.text(max_size=20)


@given(TEXT, TEXT)
def test_a_pseudonym_is_stable_and_of_fixed_form(kind: str, given_id: str) -> None:
    made = LAN.pseudonym(kind, given_id)
    assert made == Acting("minh", b"k" * 32).pseudonym(kind, given_id)
    assert made == "" if not given_id else len(made) == 32 and set(made) <= set("0123456789abcdef")


@given(st.lists(TEXT, min_size=1, max_size=3), st.lists(TEXT, min_size=1, max_size=3))
def test_no_two_lists_of_texts_are_one(one: list[str], other: list[str]) -> None:
    assert (LAN.said(*one) == LAN.said(*other)) == (one == other)
    assert (LAN.state(*one) == LAN.state(*other)) == (one == other)


def test_another_key_another_kind_or_another_use_is_another_pseudonym() -> None:
    made = {
        LAN.pseudonym("person", "a1"), LAN.pseudonym("batch", "a1"), Acting("lan", b"l" * 32).pseudonym("person", "a1"),
        LAN.said("person", "a1"), LAN.state("person", "a1"), nobody().pseudonym("person", "a1"),
        nobody().pseudonym("person", "a1"),
    }  # fmt: skip
    assert len(made) == 7


def test_an_id_is_one_however_it_is_written() -> None:
    written = (
        "0f3c9a1b0f3c9a1b0f3c9a1b0f3c9a1b",
        " 0F3C9A1B0F3C9A1B0F3C9A1B0F3C9A1B",
        "0f3c9a1b-0f3c-9a1b-0f3c-9a1b0f3c9a1b",
    )
    assert len({LAN.pseudonym("person", each) for each in written}) == 1


def test_nothing_is_nothing() -> None:
    assert (LAN.pseudonym("person", ""), LAN.said(), LAN.state()) == ("", "", "")


@given(TEXT)
def test_an_account_has_only_signs_of_accounts(actor: str) -> None:
    account = Acting(actor, b"").account
    assert 1 <= len(account) <= 64
    assert account.isascii()
    assert not set(account) & set(" \t\n\\'\"")


def test_the_key_is_never_shown() -> None:
    assert "kkk" not in repr(LAN)
    assert LAN.request_id != Acting("lan", b"").request_id
