"""Questions to a provider: safe addresses alone, one answer of JSON, no redirect followed, down is told as down."""

import pytest

from pipeline.provider_http import ProviderDown, asked, is_safe
from tests.pipeline.identity_server import provider


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example.gov.vn/x", True), ("http://127.0.0.1:8080/x", True), ("http://localhost/x", True),
        ("http://id.example.gov.vn/x", False), ("https://a@id.example.gov.vn/", False), ("file:///etc/passwd", False),
        ("https:///x", False), ("https://id.example.gov.vn:99999/", False), ("https://id/x#y", False), ("", False),
        ("https://id/\r\nHost: other", False),
    ],
)  # fmt: skip
def test_what_may_be_asked(url: str, safe: bool) -> None:
    assert is_safe(url) is safe
    if not safe:
        with pytest.raises(ProviderDown):
            asked(url)


def test_answers_are_objects_and_redirects_are_answers() -> None:
    with provider() as there:
        status, found = asked(f"{there.issuer}/keys")
        assert (status, list(found)) == (200, ["keys"])
        query = "client_id=a&redirect_uri=http://127.0.0.1:9/&state=s&nonce=n&code_challenge=c"
        assert asked(f"{there.issuer}/authorize?{query}") == (302, {})
        at = there.issuer
    with pytest.raises(ProviderDown):
        asked(at)
