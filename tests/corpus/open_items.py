"""Items whose variants do not all end as they should, each with its reason: their tests must fail until then."""

from collections.abc import Mapping

OPEN: Mapping[int, str] = {}
"""Number -> what the product does not do yet. An item leaves the list with the change that makes it right."""
