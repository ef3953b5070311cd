"""From where somebody signs in: the network without its machine, known kinds of browsers, nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.session_places import place_of
from store.sessions import Place

_CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36"
_FIREFOX = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"
_KNOWN = {"", "Edge", "Opera", "Cốc Cốc", "Firefox", "Chrome", "Safari", "Windows", "Android", "iPhone", "iPad",
          "macOS", "ChromeOS", "Linux"}  # fmt: skip


@pytest.mark.parametrize(
    ("address", "said", "place"),
    [
        ("10.1.2.77", _CHROME, Place("10.1.2.x", "Chrome", "Windows")),
        ("10.1.2.77", _CHROME + " Edg/120.0", Place("10.1.2.x", "Edge", "Windows")),
        ("::ffff:10.1.2.77", _FIREFOX, Place("10.1.2.x", "Firefox", "Linux")),
        ("2001:db8:1:2:3:4:5:6", _IPHONE, Place("2001:db8:1::/48", "Safari", "iPhone")),
        ("testclient", "", Place()), ("", "curl/8", Place()),
    ],
)  # fmt: skip
def test_kinds_are_told(address: str, said: str, place: Place) -> None:
    assert place_of(address, said) == place


@given(st.text(max_size=60), st.text(max_size=200))
def test_law_nothing_that_a_browser_says_is_kept(address: str, said: str) -> None:
    place = place_of(address, said, is_federated=True)
    assert {place.browser, place.system} <= _KNOWN
    assert place.is_federated


@given(st.ip_addresses())
def test_law_the_machine_is_not_told(address: object) -> None:
    assert place_of(str(address), "").network != str(address)
