"""The fonts of generated pages: all carry every Vietnamese letter, in sets of which "held_out" shares no font.

"dev" is what readers are built with; nobody tunes on "held_out", which measures them. "train" is "dev" and many more,
for a recogniser to learn from: they come with the extra of that name (benchmarks/line_recogniser). "tune" is in none
of them: what weighs a recogniser's word is chosen on fonts that it has never seen.
"""

import csv
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast

import numpy as np
from PIL import ImageFont

FontSet = Literal["dev", "held_out", "train", "tune"]
_LISTED = ("train", "tune")
"""Sets that are too large for this module, or that are never installed with it."""
FontKind = Literal["printed", "typewriter", "handwriting", "pen"]
FONT_KINDS: tuple[FontKind, ...] = ("printed", "typewriter", "handwriting", "pen")
"""The first three are fonts as they are; "pen" is a handwriting font whose letters, lines and ink waver."""


@dataclass(frozen=True)
class Face:
    """One font file.

    Attributes:
        package, file: where it is installed. kind: "printed", "typewriter" or "handwriting". font_set: see above.
        scale: what makes its small letters as high as those of other fonts. weights: lightest and heaviest that are
        used of a variable font; None for a plain file.
    """

    package: str
    file: str
    kind: FontKind
    font_set: FontSet
    scale: float = 1.0
    weights: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """Name in the truth: the file without its ending and axes."""
        return self.file.partition("[")[0].removesuffix(".ttf")


_FACES = (
    Face("noto_serif", "NotoSerif[wdth,wght].ttf", "printed", "dev", 0.95, (350, 650)),
    Face("source_serif_4", "SourceSerif4[opsz,wght].ttf", "printed", "dev", 1.0, (350, 650)),
    Face("eb_garamond", "EBGaramond[wght].ttf", "printed", "dev", 1.12, (400, 650)),
    Face("lora", "Lora[wght].ttf", "printed", "dev", 1.0, (400, 600)),
    Face("lora", "Lora-Italic[wght].ttf", "printed", "dev", 1.0, (400, 600)),
    Face("arimo", "Arimo[wght].ttf", "printed", "dev", 0.95, (400, 650)),
    Face("arimo", "Arimo-Italic[wght].ttf", "printed", "dev", 0.95, (400, 650)),
    Face("roboto_condensed", "RobotoCondensed[wght].ttf", "printed", "dev", 1.0, (350, 600)),
    Face("be_vietnam_pro", "BeVietnamPro-Regular.ttf", "printed", "dev", 0.92),
    Face("ibm_plex_mono", "IBMPlexMono-Regular.ttf", "typewriter", "dev", 0.95),
    Face("ibm_plex_mono", "IBMPlexMono-Medium.ttf", "typewriter", "dev", 0.95),
    Face("roboto_mono", "RobotoMono[wght].ttf", "typewriter", "dev", 0.95, (300, 600)),
    Face("inconsolata", "Inconsolata[wdth,wght].ttf", "typewriter", "dev", 1.05, (350, 650)),
    Face("dancing_script", "DancingScript[wght].ttf", "handwriting", "dev", 1.2, (400, 650)),
    Face("indie_flower", "IndieFlower-Regular.ttf", "handwriting", "dev", 1.12),
    Face("lobster", "Lobster-Regular.ttf", "handwriting", "dev", 1.05),
    Face("literata", "Literata[opsz,wght].ttf", "printed", "held_out", 0.98, (350, 650)),
    Face("crimson_pro", "CrimsonPro[wght].ttf", "printed", "held_out", 1.12, (350, 650)),
    Face("crimson_pro", "CrimsonPro-Italic[wght].ttf", "printed", "held_out", 1.12, (350, 650)),
    Face("open_sans", "OpenSans[wdth,wght].ttf", "printed", "held_out", 0.95, (350, 600)),
    Face("archivo_narrow", "ArchivoNarrow[wght].ttf", "printed", "held_out", 1.0, (400, 600)),
    Face("source_code_pro", "SourceCodePro[wght].ttf", "typewriter", "held_out", 0.98, (350, 600)),
    Face("space_mono", "SpaceMono-Regular.ttf", "typewriter", "held_out", 0.95),
    Face("great_vibes", "GreatVibes-Regular.ttf", "handwriting", "held_out", 1.35),
    Face("pacifico", "Pacifico-Regular.ttf", "handwriting", "held_out", 0.92),
)


def faces(font_set: FontSet, kind: FontKind) -> tuple[Face, ...]:
    """The fonts of a set and kind; a pen writes with the handwriting fonts."""
    wanted = "handwriting" if kind == "pen" else kind
    known = (*_FACES, *_more_faces(font_set)) if font_set in _LISTED else _FACES
    return tuple(f for f in known if f.kind == wanted and _is_in(f, font_set))


def _is_in(face: Face, font_set: FontSet) -> bool:
    return face.font_set == font_set or (font_set == "train" and face.font_set == "dev")


@cache
def _more_faces(font_set: FontSet) -> tuple[Face, ...]:
    """The fonts of one set alone, as its list beside the module names them (benchmarks/line_recogniser/make_fonts)."""
    with Path(__file__).with_name(f"{font_set}_faces.csv").open(encoding="utf-8") as lines:
        return tuple(_face(row, font_set) for row in csv.DictReader(lines))


def _face(row: dict[str, str], font_set: FontSet) -> Face:
    weights = (int(row["weight_low"]), int(row["weight_high"])) if row["weight_low"] else None
    return Face(font_set, row["file"], cast(FontKind, row["kind"]), font_set, float(row["scale"]), weights)


@dataclass(frozen=True)
class Typeface:
    """A face in the weight of one page. `weight` None: the only one."""

    face: Face
    weight: int | None = None

    def font(self, size: float) -> ImageFont.FreeTypeFont:
        """The font whose letters look `size` pixels high, whatever the face."""
        return _font(self.face.package, self.face.file, self.weight, max(6, round(size * self.face.scale)))

    def width(self, text: str, size: float) -> float:
        """Pixels that the text takes."""
        return self.font(size).getlength(text)


def draw_typeface(stream: np.random.Generator, font_set: FontSet, kind: FontKind) -> Typeface:
    """Any font of the set and kind, in any of its weights."""
    chosen, u, at = faces(font_set, kind), stream.random(), stream.random()
    face = chosen[int(u * len(chosen))]
    if face.weights is None:
        return Typeface(face)
    low, high = face.weights
    return Typeface(face, int(low + at * at * (high - low)))


@cache
def _path(package: str, file: str) -> str:
    return str(files(f"fontpkg_{package}").joinpath("files", file))


@lru_cache(maxsize=512)
def _font(package: str, file: str, weight: int | None, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(_path(package, file), size)
    if weight is not None:
        axes = font.get_variation_axes()
        values = [float(weight) if _is_weight(axis["name"]) else float(axis["default"] or 0) for axis in axes]
        font.set_variation_by_axes(values)
    return font


def _is_weight(name: bytes | str) -> bool:
    return (name.decode() if isinstance(name, bytes) else name).lower() == "weight"


def file_of(face: Face) -> str:
    """Where the font's file is installed."""
    return _path(face.package, face.file)
