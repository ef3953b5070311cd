"""Makes one page from a seed: a form, its people, its print and clerk, its damage, its picture."""

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np

from data_samples.pages import fonts
from data_samples.pages.block_sheet import lay_blocks
from data_samples.pages.boxes import MadePage, TrueBox
from data_samples.pages.camera import take
from data_samples.pages.fonts import FontKind, FontSet
from data_samples.pages.geometry import Bend, Shot, Warp, warp_of
from data_samples.pages.levels import Damage, draw_damage
from data_samples.pages.look import draw_look
from data_samples.pages.paper import PEN_INKS, PRINT_INKS, TYPE_INKS, Colour, Layers, colour_sheet
from data_samples.pages.pen import Mask
from data_samples.pages.rosters import Entry, people_of_page
from data_samples.pages.sheet import SHEET_DPI, Sheet, new_sheet
from data_samples.pages.table_sheet import lay_table
from data_samples.pages.variety import draw_form
from readers.forms import Form, known_form
from readers.pages import Picture

People = Callable[[int, Form, np.random.Generator], Sequence[Entry]]


def make_page(
    seed: int, form_id: str = "household_register", level: int = 1, font_kind: FontKind = "printed",
    font_set: FontSet = "dev", people: People = people_of_page,
) -> MadePage:  # fmt: skip
    """A page; equal arguments give equal pixels. `people` says who stands on it, by seed, form and stream."""
    stream = np.random.default_rng([seed, level, fonts.FONT_KINDS.index(font_kind), font_set == "dev"])
    form = draw_form(known_form(form_id), stream)
    damage = draw_damage(level, stream)
    sheet = new_sheet(form.landscape, stream)
    look = draw_look(form, damage, font_set, font_kind, stream)
    lay = lay_blocks if form.layout == "blocks" else lay_table
    lay(sheet, form, look, people(seed, form, stream))
    ink = {"printed": TYPE_INKS, "typewriter": TYPE_INKS}.get(font_kind, PEN_INKS)
    inks = (PRINT_INKS[int(stream.random() ** 2 * len(PRINT_INKS))], ink[int(stream.random() * len(ink))])
    picture, warp = photograph(sheet, damage, inks, stream)
    names = (*(c.name for c in form.columns), *(f.name for f in form.block))
    face = look.clerk.hand.typeface.face.name
    boxes, headings = tuple(_moved(sheet.boxes, warp)), tuple(_moved(sheet.headings, warp))
    turn_back = -damage.turned % 360
    return MadePage(picture, seed, form_id, level, face, font_kind, damage.dpi, turn_back, names, boxes, headings)


def photograph(
    sheet: Sheet, damage: Damage, inks: tuple[Colour, Colour], stream: np.random.Generator
) -> tuple[Picture, Warp]:
    """The picture of a sheet, and where its points lie."""
    scale = damage.dpi / SHEET_DPI
    printed = _smaller(np.maximum(sheet.rules, sheet.printed), scale)
    colours = colour_sheet(Layers(printed, _smaller(sheet.written, scale)), damage, inks, stream)
    phase = tuple(float(p) for p in stream.random(3))
    bend = Bend(
        sheet.width, sheet.height, damage.curl, damage.wave, (phase[0], phase[1], phase[2]), int(stream.random() * 2)
    )
    tilt = tuple((float(x), float(y)) for x, y in (stream.random((4, 2)) - 0.5) * 2 * damage.tilt)
    margin = int(damage.dpi * (0.1 + 0.25 * stream.random())) if damage.is_photo else int(damage.dpi * 0.02)
    warp = warp_of(bend, Shot(damage.dpi, damage.angle, damage.skew, tilt, damage.turned, margin), SHEET_DPI)
    ground = _ground(damage, stream)
    return take(warp.picture(colours, scale, ground), damage, stream), warp


def _ground(damage: Damage, stream: np.random.Generator) -> Colour:
    """The desk under a photo; white or black beside a scan."""
    u = stream.random(2)
    if damage.is_photo:
        return ((95, 75, 60), (60, 62, 66), (150, 130, 105), (35, 35, 35))[int(u[0] * 4)]
    return (250, 250, 250) if u[1] < 0.75 else (25, 25, 25)


def _smaller(mask: Mask, scale: float) -> Mask:
    if scale == 1:
        return mask
    size = (round(mask.shape[1] * scale), round(mask.shape[0] * scale))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _moved(boxes: list[TrueBox], warp: Warp) -> Iterator[TrueBox]:
    quads = iter(warp.quads([q for box in boxes for q in (box.quad, box.ink) if q is not None]))
    for box in boxes:
        yield box.moved(next(quads), next(quads) if box.ink is not None else None)
