"""From where somebody signs in, as the person would tell it: network, browser, system; no more than that is kept.

What browsers say of themselves goes into no store and no log: one of a few known kinds is told from it.
"""

import ipaddress

from store.sessions import Place

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("coc_coc_browser", "Cốc Cốc"), ("Firefox/", "Firefox"),
             ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
"""The first that fits: most of them name others as well."""
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip
_PREFIX = {4: 24, 6: 48}


def place_of(address: str, user_agent: str, *, is_federated: bool = False) -> Place:
    """From where a request comes.

    Args:
        address: of the client, as the server knows it.
        user_agent: what the browser says of itself.
        is_federated: an identity provider vouched for the person.
    """
    return Place(_network(address), _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent), is_federated)


def _network(address: str) -> str:
    """The network of an address without the machine in it: 10.1.2.x; "" where it is none."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(known, "ipv4_mapped", None)
    known = mapped or known
    if known.version == 4:
        return str(known).rpartition(".")[0] + ".x"
    return str(ipaddress.ip_network((known, _PREFIX[known.version]), strict=False))


def _first(known: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for mark, name in known if mark in said), "")
