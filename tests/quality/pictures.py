"""Pictures of the report as trees, so that a test can measure them."""

import xml.etree.ElementTree as ET


def parsed(picture: str) -> ET.Element:
    """A picture or a piece of one; what is not well-formed fails."""
    return ET.fromstring(picture)  # noqa: S314 - our own drawing


def words(element: ET.Element) -> list[str]:
    """Every line of text."""
    return [t.text or "" for t in element.iter("text")]


def rectangles(element: ET.Element, style: str) -> list[ET.Element]:
    """Rectangles of a class."""
    return [r for r in element.iter("rect") if r.get("class") == style]


def size(element: ET.Element, name: str) -> float:
    """A number of an element; 0 where it is missing."""
    return float(element.get(name) or 0)
