"""From the warped sheet to the picture of a scanner or phone: light, blur, noise, JPEG."""

import cv2
import numpy as np

from data_samples.pages.levels import Damage
from data_samples.pages.paper import even_noise
from readers.pages import Picture


def take(picture: Picture, damage: Damage, stream: np.random.Generator) -> Picture:
    """The picture as it is stored."""
    seen: Picture = picture
    if damage.blur > 0.05:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), damage.blur), dtype=np.uint8)
    if damage.shade > 0:
        seen = _lit(seen, damage.shade, stream)
    if damage.noise > 0:
        seen = _grained(seen, damage.noise, stream)
    return through_jpeg(seen, damage.jpeg) if damage.jpeg else seen


def through_jpeg(picture: Picture, quality: int) -> Picture:
    """What is left after saving as JPEG."""
    _, packed = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    seen = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _lit(picture: Picture, shade: float, stream: np.random.Generator) -> Picture:
    """Darker on one side and in soft patches."""
    height, width = picture.shape[:2]
    u = stream.random(4)
    rows, columns = np.mgrid[0:1:9j, 0:1:9j]
    turn = 2 * np.pi * u[0]
    light = 1 - shade * (0.5 + 0.5 * ((columns - 0.5) * np.cos(turn) + (rows - 0.5) * np.sin(turn)) * 1.4)
    light = light - 0.25 * shade * stream.random((9, 9))
    full = cv2.resize(light.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    full = np.clip(full, 0.25, 1.1)
    return np.asarray(cv2.multiply(picture, cv2.merge([full, full, full]), dtype=cv2.CV_8U), dtype=np.uint8)


def _grained(picture: Picture, noise: float, stream: np.random.Generator) -> Picture:
    grain = even_noise(picture.shape[:2], stream)
    share = noise / 52
    return np.asarray(
        cv2.addWeighted(picture, 1.0, cv2.merge([grain, grain, grain]), share, -127.5 * share), dtype=np.uint8
    )
