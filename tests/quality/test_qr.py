import re

from PIL import Image, ImageDraw

from quality.qr import code
from quality.svg import Caption

TEXT = "SOHOA-SEAL-1:" + "7F3A9C0E5D1B48269A0C4E7712B86F35:" + "CD" * 32
CAPTION = Caption("vi-qr", "Mã QR", "Mã đợt và mã nội dung")


def drawn(svg: str, scale: int = 6) -> Image.Image:
    """The picture of the vector."""
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])  # type: ignore[index]
    picture = Image.new("L", (size * scale, size * scale), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        left, top = int(x) * scale, int(y) * scale
        pen.rectangle((left, top, left + int(width) * scale - 1, top + scale - 1), fill=0)
    return picture


def test_it_reads_what_it_says() -> None:
    import cv2
    import numpy as np

    said, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(drawn(code(TEXT, CAPTION))))
    assert said == TEXT


def test_it_has_a_quiet_zone_a_title_and_only_numbers_in_its_path() -> None:
    svg = str(code(TEXT, CAPTION))
    picture = drawn(svg, 1)
    assert picture.crop((0, 0, picture.width, 4)).getextrema() == (255, 255)
    assert picture.crop((0, 0, 4, picture.height)).getextrema() == (255, 255)
    assert '<title id="vi-qr-t">Mã QR</title>' in svg
    assert code(TEXT, CAPTION) == code(TEXT, CAPTION) != code(TEXT + "0", CAPTION)
