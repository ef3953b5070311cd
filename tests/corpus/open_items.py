"""Items whose variants do not all end as they should, each with its reason: their tests must fail until then."""

from collections.abc import Mapping

OPEN: Mapping[int, str] = {}
"""Number -> what the product does not do yet. An item leaves the list with the change that makes it right."""

WAITS_FOR_SCANS = "scans are not read yet: the file is refused, the item is not counted as right"
"""Why items 177 to 200 that shall be accepted one day are open; those that shall be refused are right already."""
