"""The only door to Typst: a page of ours as PDF, tagged, for paper and for archives (PDF/A-2a, PDF/UA-1).

No network, no fonts of the machine: the same page gives the same bytes.
"""

from datetime import datetime
from importlib.resources import as_file, files

from quality import paper


def render_pdf(page: str, *, about: str, title: str, made: datetime) -> bytes:
    """The PDF of a page.

    Args:
        page: HTML of `quality.render.page`.
        about: what its footer says beside the number of the page.
        title: of the document.
        made: the moment that the document names as that of its making: of what it tells, not of the printing.

    Raises:
        RuntimeError: Typst found a fault in the document, which is one of ours.
    """
    import typst  # 50 MB that only those who want paper load

    source = paper.document(page, about=about, title=title)
    with as_file(files("fontpkg_be_vietnam_pro").joinpath("files")) as fonts:
        mine = typst.Fonts(include_system_fonts=False, font_paths=[str(fonts)])
        made_pdf = typst.compile(
            source.encode("utf-8"), font_paths=mine, format="pdf", pdf_standards=["a-2a", "ua-1"],
            timestamp=int(made.timestamp()),
        )  # fmt: skip
    if not isinstance(made_pdf, bytes):
        raise RuntimeError("no document")
    return made_pdf
