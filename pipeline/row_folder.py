"""Write the folder of failing rows beside a report, page after page, and what its seal has to know of each."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.kept_rows import KeptRows
from pipeline.report_sealing import Made, Sealed, sealed_file
from quality import row_links, row_pages
from quality.report_parts import WHOLE


def write(beside: Path, batch_id: str, kept: KeptRows) -> list[Sealed]:
    """Write the folder into the one of the report, in place of an older one; only one page lies in memory.

    Returns:
        what the seal says of each page, in the order of their names.
    """
    name = row_links.folder_of(batch_id)
    folder, made = beside / name, beside / f"{name}.part"
    for old in (folder, made):
        shutil.rmtree(old, ignore_errors=True)
    made.mkdir(parents=True)
    told = []
    for page, text in _pages(batch_id, kept):
        content = text.encode()
        (made / page).write_bytes(content)
        told.append(sealed_file(Made(f"{name}/{page}", content, WHOLE)))
    made.replace(folder)
    return sorted(told, key=lambda page: page.name)


def _pages(batch_id: str, kept: KeptRows) -> Iterator[tuple[str, str]]:
    pages = len(kept.index.pages)
    for page in kept.pages():
        yield row_links.page_name(page.number), row_pages.of_page(page, pages, batch_id)
    yield from row_pages.of_rules(kept.index, batch_id)
    yield row_links.INDEX, row_pages.of_index(kept.index, batch_id)
