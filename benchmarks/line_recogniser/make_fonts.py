"""Makes the fonts of training: cut down to what Vietnamese lines need, the letters drawn that a font lacks.

    python -m benchmarks.line_recogniser.make_fonts DOWNLOADS OUT [--set tune]

DOWNLOADS holds packages as PyPI, npm and Debian give them (*.whl, *.tgz, *.deb). Writes the package that holds the
fonts, OUT/pkg/fontpkg_train (or fontpkg_tune), and OUT/faces.csv, which data_samples/pages/train_faces.csv (or
tune_faces.csv) is a copy of. The families that readers are measured with are left out.
"""

import argparse
import csv
import logging
import re
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from fontTools.merge import Merger
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable
from fontTools.varLib import instancer

from benchmarks.line_recogniser.missing_letters import VIETNAMESE, Extender

_ASCII = [chr(number) for number in range(32, 127)]
_SIGNS = list("“”‘’–…°№")
_ESSENTIAL = [c for c in _ASCII if c.isalnum() or c in "/-.,:"]

# The last three are what held-out families were drawn from.
_HELD_OUT = {
    "literata", "crimson-pro", "crimson-text", "open-sans", "archivo", "archivo-narrow", "archivo-black",
    "source-code-pro", "space-mono", "space-grotesk", "great-vibes", "pacifico",
    "source-sans-3", "noto-sans", "noto-sans-display",
}  # fmt: skip
_TYPEWRITER = {
    "anonymous-pro", "azeret-mono", "chivo-mono", "courier-prime", "overpass-mono", "pt-mono", "special-elite",
    "dm-mono", "fira-code", "geist-mono", "ibm-plex-mono", "inconsolata", "jetbrains-mono", "roboto-mono",
    "gnutypewriter", "cousine",
}  # fmt: skip
_HANDWRITING = {
    "alex-brush", "allison", "allura", "comic-neue", "finger-paint", "gloria-hallelujah", "gochi-hand", "hurricane",
    "la-belle-aurore", "mansalva", "marck-script", "meow-script", "patrick-hand", "playpen-sans", "reenie-beanie",
    "sacramento", "schoolbell", "shantell-sans", "caveat", "dancing-script", "delius", "indie-flower", "kalam",
    "lobster", "lobster-two", "oleo-script", "satisfy", "shadows-into-light", "yellowtail", "zeyada", "breip",
    "leckerli-one", "rufscript", "architects-daughter", "bad-script", "corinthia", "ephesis", "handlee",
    "homemade-apple", "itim", "licorice", "parisienne", "sriracha",
    "birthstone", "grandstander", "lemonada", "montecarlo", "oooh-baby", "sansita", "smooch",
}  # fmt: skip
_DROPPED = {
    # No difference between small and capital letters.
    "amatic-sc", "bwht", "humor-sans", "permanent-marker", "tomsontalks",
    # Unreadable, faint or no handwriting.
    "ecolier-court", "femkeklaver",
    # Marks cannot be told apart or clash.
    "dkg-handwriting", "kaushanscript", "kristi", "sjfonts",
}  # fmt: skip
_DROPPED_FILES = {
    # Unreadable or faint.
    "El_Abogado_Loco-Regular", "It_wasn_t_me-Regular", "Junkyard-Regular", "PenguinAttack-Regular", "Wargames-Regular",
    # Marks cannot be told apart or clash.
    "Domestic_Manners-Regular",
    # Twin of Breip.
    "breipfont-Regular",
}  # fmt: skip

_REGISTRY = re.compile(r"^(expo-google-fonts-|fontsource-|fontpkg-|fonts-|font-)")
_FONT = re.compile(r"\.(ttf|otf)$|-(latin|vietnamese)-(400|700)-(normal|italic)\.woff2$", re.IGNORECASE)
_STYLE = re.compile(
    r"(?P<family>.*?)[-_ ]?(?P<style>"
    r"(Thin|ExtraLight|Light|Regular|Roman|Medium|SemiBold|Bold|ExtraBold|Black|bold)?"
    r"(Italic|Oblique|_italic|_Italic)?)$"
)
_STYLES = ("Regular", "Italic", "Oblique", "Medium", "Bold")
_USELESS_TABLES = (
    "Silf", "Sill", "Glat", "Gloc", "Feat", "FFTM", "DSIG", "PfEd", "VDMX", "LTSH", "hdmx", "vhea", "vmtx", "STAT",
    "meta", "BASE", "JSTF", "gasp", "morx", "feat", "kerx", "prop", "TTFA",
)  # fmt: skip
_NOT_MERGED = ("GSUB", "GPOS", "GDEF", "fpgm", "prep", "cvt ", "gasp")
_COUNTS_OF_HINTS = (
    "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
    "maxSizeOfInstructions", "maxPoints", "maxContours", "maxCompositePoints", "maxCompositeContours",
    "maxComponentElements", "maxComponentDepth",
)  # fmt: skip
_COLUMNS = ("file", "kind", "scale", "weight_low", "weight_high", "family", "package")


@dataclass(frozen=True)
class _Source:
    """Files that make one font, and the name it gets: one file, or the Latin and the Vietnamese part of it."""

    name: str
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class _Made:
    """A font that was written. `weights`: lightest and heaviest to use; None where it has one weight only."""

    file: str
    xheight: float
    weights: tuple[int, int] | None


def main() -> None:
    """Write the fonts and their table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("downloads", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--set", choices=("train", "tune"), default="train", dest="font_set")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as raw:
        unpack(given.downloads, Path(raw))
        write_fonts(Path(raw), given.out, given.font_set)


def unpack(downloads: Path, raw: Path) -> None:
    """Puts the font files of each downloaded package into a folder of its name."""
    for path in sorted(downloads.iterdir()):
        package, fonts = _package_of(path), _fonts_in(path)
        for name, content in fonts:
            (raw / package).mkdir(parents=True, exist_ok=True)
            (raw / package / name).write_bytes(content)


def _package_of(path: Path) -> str:
    """The package's name without its version."""
    if path.suffix == ".whl":
        return path.name.partition("-")[0].replace("_", "-")
    return path.name.rpartition("-")[0] if path.suffix == ".tgz" else path.name.partition("_")[0]


def _fonts_in(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            yield from ((Path(n).name, wheel.read(n)) for n in wheel.namelist() if _FONT.search(n))
    elif path.suffix == ".tgz":
        with tarfile.open(path) as archive:
            for member in archive.getmembers():
                if _FONT.search(member.name) and (stream := archive.extractfile(member)):
                    yield Path(member.name).name, stream.read()
    elif path.suffix == ".deb":
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["dpkg-deb", "-x", str(path), folder], check=True)
            for file in sorted(Path(folder).rglob("*")):
                if _FONT.search(file.name) and file.is_file() and not file.is_symlink():
                    yield file.name, file.read_bytes()


def write_fonts(raw: Path, out: Path, font_set: str) -> None:
    """Writes the fonts of all packages and their table."""
    folder = out / f"pkg/fontpkg_{font_set}/files"
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "__init__.py").write_text("")
    wanted = 0.95 * _xheight(TTFont(str(files("fontpkg_noto_serif").joinpath("files", "NotoSerif[wdth,wght].ttf"))))
    with (out / "faces.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(_COLUMNS)
        for package in sorted(raw.iterdir()):
            family = _REGISTRY.sub("", package.name)
            for source in _chosen(package, family):
                made = _made(source, folder)
                if made is None:
                    print(f"{source.name} lacks plain letters", flush=True)
                    continue
                scale = min(1.6, max(0.7, wanted / made.xheight))
                row = (_kind(family, source.name), f"{scale:.3f}", *(made.weights or ("", "")), family, package.name)
                table.writerow((made.file, *row))


def _kind(family: str, name: str) -> str:
    if family in _HANDWRITING:
        return "handwriting"
    return "typewriter" if family in _TYPEWRITER or re.search(r"Mono(?!ton)", name) else "printed"


def _chosen(package: Path, family: str) -> Iterator[_Source]:
    """The fonts to make of a package: variable ones, else at most regular, italic, medium and bold."""
    if family in _HELD_OUT | _DROPPED:
        return
    paths = sorted(package.iterdir())
    web = [path for path in paths if path.suffix == ".woff2"]
    variable = [path for path in paths if "[" in path.name]
    if web:
        found = _by_style_of_web(web, family)
    elif variable:
        found = [_Source(path.stem.partition("[")[0], (path,)) for path in variable]
    else:
        found = _by_style(paths)
    yield from (source for source in found if source.name not in _DROPPED_FILES)


def _by_style_of_web(paths: list[Path], family: str) -> list[_Source]:
    """Files whose names end with their weight and style, "latin-400-normal"."""
    camel = family.title().replace("-", "")
    styles = sorted({re.sub(r"^.*-(latin|vietnamese)-", "", path.stem) for path in paths} - {"700-italic"})
    return [
        _Source(f"{camel}-{style.title().replace('-', '')}", tuple(p for p in paths if p.stem.endswith(style)))
        for style in styles
    ]


def _by_style(paths: list[Path]) -> list[_Source]:
    families: dict[str, dict[str, Path]] = {}
    for path in paths:
        # npm has "Family_400Regular_Italic" for what is "Family-RegularItalic" elsewhere.
        stem = re.sub(r"_\d+([A-Za-z]+?)(?:_(Italic))?$", r"-\1\2", path.stem)
        if found := _STYLE.match(stem):
            style = found["style"].title().replace("_", "") or "Regular"
            families.setdefault(found["family"], {})[style] = path
    return [
        _Source(f"{family}-{style}", (of_style[style],))
        for family, of_style in families.items()
        for style in _STYLES
        if style in of_style
    ]


def _made(source: _Source, folder: Path) -> _Made | None:
    """Writes one font, extended ones with "-Ext" in their name; None where it lacks even plain letters."""
    font = _loaded(source.paths)
    known = font.getBestCmap() or {}
    if any(ord(c) not in known for c in _ESSENTIAL):
        return None
    if "CFF " in font or "CFF2" in font:
        _make_quadratic(font)
    weights = None
    if all(ord(c) in known for c in VIETNAMESE):
        _cut_down(font)
        font, weights = _with_weights_alone(font)
        file = f"{source.name}.ttf" if weights is None else f"{source.name}[wght].ttf"
    else:
        font = _in_plain_weight(font)
        Extender(font, source.name).extend()
        _cut_down(font)
        file = f"{source.name}-Ext.ttf"
    font.save(folder / file)
    return _Made(file, _xheight(font), weights)


def _loaded(paths: tuple[Path, ...]) -> TTFont:
    fonts = [TTFont(path, lazy=False) for path in paths]
    for font in fonts:
        font.flavor = None
    return fonts[0] if len(fonts) == 1 else _merged(fonts)


def _merged(fonts: list[TTFont]) -> TTFont:
    parts = []
    for font in fonts:
        for tag in _NOT_MERGED:
            if tag in font:
                del font[tag]
        part = BytesIO()
        font.save(part)
        part.seek(0)
        parts.append(part)
    return Merger().merge(parts)


def _xheight(font: TTFont) -> float:
    """Height of the letter x as a share of the em."""
    glyphs = font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[font.getBestCmap()[ord("x")]].draw(pen)
    return float(pen.bounds[3] / font["head"].unitsPerEm)


def _make_quadratic(font: TTFont) -> None:
    """Replaces cubic outlines by quadratic ones, which alone `Extender` can add to."""
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    drawn = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, font["head"].unitsPerEm * 0.001, reverse_direction=True))
        drawn[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, drawn
    font["maxp"].tableVersion, font["maxp"].maxZones = 0x00010000, 1
    for count in _COUNTS_OF_HINTS:
        setattr(font["maxp"], count, 0)
    font["post"].formatType, font["post"].extraNames, font["post"].mapping = 2.0, [], {}
    del font["CFF "]
    font.sfntVersion = "\000\001\000\000"


def _cut_down(font: TTFont) -> None:
    """Keeps what Vietnamese lines need."""
    options = Options()
    options.hinting = False
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.drop_tables += _USELESS_TABLES
    options.notdef_outline = True
    options.name_languages = [0x409]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(c) for c in (*_ASCII, *VIETNAMESE, *_SIGNS)])
    subsetter.subset(font)


def _with_weights_alone(font: TTFont) -> tuple[TTFont, tuple[int, int] | None]:
    """The font without axes other than the weight, and the lightest and heaviest weight to use."""
    axes = {axis.axisTag: axis for axis in font["fvar"].axes} if "fvar" in font else {}
    weight = axes.pop("wght", None)
    if axes:
        font = instancer.instantiateVariableFont(font, {tag: axis.defaultValue for tag, axis in axes.items()})
    if weight is None:
        return font, None
    return font, (int(max(300, weight.minValue)), int(min(700, weight.maxValue)))


def _in_plain_weight(font: TTFont) -> TTFont:
    """The font without axes, its weight as near to regular as it has."""
    if "fvar" not in font:
        return font
    place = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    for axis in font["fvar"].axes:
        if axis.axisTag == "wght":
            place["wght"] = min(max(400, axis.minValue), axis.maxValue)
    return instancer.instantiateVariableFont(font, place)


if __name__ == "__main__":
    main()
