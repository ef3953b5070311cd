"""Writes plain PDF files by hand: pages that hold one picture, and pages that hold text and lines.

Own code, since a PDF library for a few samples is not worth a dependency. The text of a text page is placed in the
embedded font by glyph numbers, with a map back to letters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from types import MappingProxyType

from fontTools import subset
from fontTools.ttLib import TTFont
from PIL import Image

from data_samples.pages.boxes import MadePage, TrueBox
from data_samples.pages.fonts import Face, file_of

NOTHING_ELSE: Mapping[str, str] = MappingProxyType({})
_FACE = Face("be_vietnam_pro", "BeVietnamPro-Regular.ttf", "printed", "dev")


@dataclass
class _Document:
    """Objects by number (from 1)."""

    objects: list[bytes] = field(default_factory=list)

    def add(self, content: bytes) -> int:
        self.objects.append(content)
        return len(self.objects)

    def stream(self, head: str, content: bytes) -> int:
        return self.add(f"<< {head} /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")

    def bytes_with(self, pages: Sequence[int], tree: int) -> bytes:
        kids = " ".join(f"{p} 0 R" for p in pages)
        self.objects[tree - 1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()
        root = self.add(f"<< /Type /Catalog /Pages {tree} 0 R >>".encode())
        out, places = b"%PDF-1.5\n", []
        for number, content in enumerate(self.objects, 1):
            places.append(len(out))
            out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
        table = "".join(f"{place:010d} 00000 n \n" for place in places)
        size = len(places) + 1
        end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root {root} 0 R >>\n"
        return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()


def scanned_pdf(pictures: Sequence[tuple[int, tuple[int, ...], bytes]]) -> bytes:
    """A PDF of pictures: (dpi, shape, JPEG bytes) each."""
    document = _Document()
    tree = document.add(b"")
    pages = []
    for dpi, shape, jpeg in pictures:
        height, width = shape[:2]
        head = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB"
        image = document.stream(f"{head} /BitsPerComponent 8 /Filter /DCTDecode", jpeg)
        wide, high = width * 72 / dpi, height * 72 / dpi
        content = document.stream("", f"q {wide:.3f} 0 0 {high:.3f} 0 0 cm /P Do Q".encode())
        resources = f"/Resources << /XObject << /P {image} 0 R >> >>"
        pages.append(_page(document, tree, (wide, high), resources, content))
    return document.bytes_with(pages, tree)


def text_pdf(made: Sequence[MadePage], says: Mapping[str, str] = NOTHING_ELSE) -> bytes:
    """A PDF as an office program exports it: the same values at the same places as text, the cells' lines drawn.

    says: what a program that takes the text out is told of a letter, where that is another one.
    """
    document = _Document()
    tree = document.add(b"")
    texts = [box.text for page in made for box in (*page.boxes, *page.headings) if box.text]
    font, letters, names = _embedded(document, "".join(texts), says)
    pages = []
    for page in made:
        height, width = page.picture.shape[:2]
        scale = 72 / page.dpi
        marks = [_frame(b, scale, height) for b in (*page.boxes, *page.headings) if b.kind in ("cell", "heading")]
        marks += [_text(b, scale, height, names, letters) for b in (*page.boxes, *page.headings) if b.text]
        content = document.stream("", "\n".join(marks).encode())
        resources = f"/Resources << /Font << /F {font} 0 R >> >>"
        pages.append(_page(document, tree, (width * scale, height * scale), resources, content))
    return document.bytes_with(pages, tree)


def layered_pdf(made: MadePage, texts: Mapping[TrueBox, str], turned: int = 0) -> bytes:
    """A PDF as a program that recognises text writes it: the picture, and texts over boxes of it that nobody sees.

    turned: degrees clockwise by which the page says it is to be shown.
    """
    document = _Document()
    tree = document.add(b"")
    font, letters, names = _embedded(document, "".join(texts.values()), NOTHING_ELSE)
    height, width = made.picture.shape[:2]
    held = BytesIO()
    Image.fromarray(made.picture).save(held, "JPEG", quality=80)
    head = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB"
    image = document.stream(f"{head} /BitsPerComponent 8 /Filter /DCTDecode", held.getvalue())
    scale = 72 / made.dpi
    size = width * scale, height * scale
    shown = f"q {size[0]:.3f} 0 0 {size[1]:.3f} 0 0 cm /P Do Q"
    marks = [_text(replace(box, text=text), scale, height, names, letters, 3) for box, text in texts.items()]
    content = document.stream("", "\n".join([shown, *marks]).encode())
    resources = f"/Resources << /XObject << /P {image} 0 R >> /Font << /F {font} 0 R >> >> /Rotate {turned}"
    return document.bytes_with([_page(document, tree, size, resources, content)], tree)


def _page(document: _Document, tree: int, size: tuple[float, float], resources: str, content: int) -> int:
    box = f"/MediaBox [0 0 {size[0]:.3f} {size[1]:.3f}]"
    return document.add(f"<< /Type /Page /Parent {tree} 0 R {box} {resources} /Contents {content} 0 R >>".encode())


def _frame(box: TrueBox, scale: float, height: int) -> str:
    points = [(x * scale, (height - y) * scale) for x, y in box.quad]
    path = " ".join(f"{x:.2f} {y:.2f} {'l' if at else 'm'}" for at, (x, y) in enumerate(points))
    return f"0.6 w {path} s"


def _text(
    box: TrueBox, scale: float, height: int, names: dict[str, int], letters: dict[int, float], way: int = 0
) -> str:
    """The text in one line at the left of its cell, as small as needed. way: 0 to be seen, 3 not to be."""
    left, right = box.quad[0][0] * scale + 2, box.quad[1][0] * scale - 2
    middle = (box.quad[0][1] + box.quad[3][1]) / 2 * scale
    glyphs = [names[letter] for letter in box.text if letter in names]
    width = sum(letters[g] for g in glyphs)
    size = min(9.0, max(2.0, (right - left) / max(width, 0.1)))
    shown = "".join(f"{g:04X}" for g in glyphs)
    return f"BT /F {size:.2f} Tf {way} Tr {left:.2f} {height * scale - middle - size * 0.35:.2f} Td <{shown}> Tj ET"


def _embedded(document: _Document, texts: str, says: Mapping[str, str]) -> tuple[int, dict[int, float], dict[str, int]]:
    """Number of the font object, widths by glyph (in ems), and the glyph of each letter."""
    used = sorted(set(texts) | {" "})
    font = TTFont(file_of(_FACE))
    cutter = subset.Subsetter(subset.Options(retain_gids=False, layout_features=[]))
    cutter.populate(text="".join(used))
    cutter.subset(font)
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    held = BytesIO()
    font.save(held)
    cmap, order, em = font.getBestCmap(), font.getGlyphOrder(), font["head"].unitsPerEm
    names = {letter: order.index(cmap[ord(letter)]) for letter in used if ord(letter) in cmap}
    widths = {g: font["hmtx"][order[g]][0] / em for g in names.values()}
    file = document.stream(f"/Length1 {len(held.getvalue())}", held.getvalue())
    head = "/Type /FontDescriptor /FontName /BeVietnamPro /Flags 4 /FontBBox [0 -300 1000 1000] /ItalicAngle 0"
    descriptor = document.add(
        f"<< {head} /Ascent 1000 /Descent -300 /CapHeight 700 /StemV 80 /FontFile2 {file} 0 R >>".encode()
    )
    listed = " ".join(f"{g} [{w * 1000:.0f}]" for g, w in sorted(widths.items()))
    kin = "/Type /Font /Subtype /CIDFontType2 /BaseFont /BeVietnamPro /CIDToGIDMap /Identity"
    system = "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    child = document.add(f"<< {kin} {system} /FontDescriptor {descriptor} 0 R /W [{listed}] >>".encode())
    back = document.stream("", _map_to_letters(names, says).encode())
    top = "/Type /Font /Subtype /Type0 /BaseFont /BeVietnamPro /Encoding /Identity-H"
    number = document.add(f"<< {top} /DescendantFonts [{child} 0 R] /ToUnicode {back} 0 R >>".encode())
    return number, widths, names


def _map_to_letters(names: dict[str, int], says: Mapping[str, str]) -> str:
    lines = [f"<{g:04X}> <{says.get(letter, letter).encode('utf-16-be').hex().upper()}>" for letter, g in names.items()]
    parts = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    body = "\n".join(f"{len(p)} beginbfchar\n" + "\n".join(p) + "\nendbfchar" for p in parts)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Sohoa def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\nendcmap\nend\nend"
    )
