"""Trains the line recogniser on pages made as it goes; on a graphics card where PyTorch finds one.

    python -m benchmarks.line_recogniser.train --minutes 600 --out line_reader.pt

Worker processes make pages (benchmarks.line_recogniser.strips); each line is used a few times, altered anew each time.
The rate of learning follows the share of the time that is spent, so any number of minutes makes a whole training.
"""

import argparse
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from benchmarks.line_recogniser.network import STRIDE, LineNetwork
from benchmarks.line_recogniser.strips import strips
from readers.line_strips import BESIDE, HEIGHT, Strip

_RATE, _WARM_UP, _DECAY = 2.5e-3, 200, 0.02
_GLANCE = 0.25
_COLUMNS = 96 * 1024
"""Columns of one batch, all lines together."""
_KEPT, _USES = 120_000, 7
_STEADY = 0.999
_Line = tuple[Strip, list[int]]


class _Lines(IterableDataset[list[_Line]]):
    """The lines of one page after the other, other pages in each worker."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._seed = seed

    def __iter__(self) -> Iterator[list[_Line]]:
        cv2.setNumThreads(1)
        info = get_worker_info()
        number, count = (info.id, info.num_workers) if info else (0, 1)
        page = self._seed + number
        while True:
            yield list(strips(page))
            page += count


class Pool:
    """Lines that came lately, in groups of about one width; each is handed out a few times."""

    def __init__(self, seed: int) -> None:
        self._groups: dict[int, deque[_Line]] = {}
        self._stream = np.random.default_rng(seed)
        self.added = self.used = 0

    def add(self, lines: list[_Line]) -> None:
        """Take more lines; the oldest give way."""
        for line in lines:
            group = self._groups.setdefault(int(math.log(line[0].shape[1], 1.25)), deque(maxlen=_KEPT // 12))
            group.append(line)
        self.added += len(lines)

    @property
    def is_hungry(self) -> bool:
        """Has each line been used often enough?"""
        return self.used >= _USES * self.added

    def batch(self) -> list[_Line]:
        """Lines of about one width."""
        keys = list(self._groups)  # another thread adds meanwhile
        sizes = np.array([len(self._groups[k]) for k in keys], np.float64)
        group = self._groups[keys[int(self._stream.choice(len(keys), p=sizes / sizes.sum()))]]
        count = min(len(group), max(16, _COLUMNS // (group[0][0].shape[1] + 2 * BESIDE)), 768)
        picked = self._stream.integers(0, len(group), count)
        self.used += count
        return [group[i] for i in picked]


def padded(lines: list[_Line], stream: np.random.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Pictures side by side on paper, steps of each, letters, letters of each."""
    widths = [strip.shape[1] + 2 * BESIDE for strip, _ in lines]
    widest = -(-max(widths) // 32) * 32
    pictures = np.zeros((len(lines), 1, HEIGHT, widest), np.uint8)
    longest = max(1, *(len(numbers) for _, numbers in lines))
    letters = np.zeros((len(lines), longest), np.int64)
    for row, (strip, numbers) in enumerate(lines):
        left = BESIDE + int(stream.integers(-4, 5))
        pictures[row, 0, :, left : left + strip.shape[1]] = strip
        letters[row, : len(numbers)] = numbers
    steps = torch.tensor([-(-w // STRIDE) for w in widths])
    return torch.from_numpy(pictures), steps, torch.from_numpy(letters), torch.tensor([len(n) for _, n in lines])


def altered(ink: Tensor) -> Tensor:
    """The lines somewhat other: stretched, slanted, shifted, fainter, blurred, with noise and gaps."""
    count, device = len(ink), ink.device

    def drawn(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(count, 1, 1, device=device)

    turn = torch.zeros(count, 2, 3, device=device)
    turn[:, 0, 0] = 1.0
    turn[:, 1, 1] = drawn(0.9, 1.12)[:, 0, 0]
    turn[:, 0, 1] = drawn(-0.16, 0.16)[:, 0, 0] * HEIGHT / ink.shape[3]
    turn[:, 1, 2] = drawn(-0.07, 0.07)[:, 0, 0]
    turn[:, 1, 0] = drawn(-0.03, 0.03)[:, 0, 0]
    places = functional.affine_grid(turn, list(ink.shape), align_corners=False)
    ink = functional.grid_sample(ink, places, align_corners=False)
    soft = functional.avg_pool2d(functional.pad(ink, (1, 1, 1, 1), mode="replicate"), 3, 1)
    share = drawn(-0.4, 0.9)[:, None]
    ink = (ink + share * (soft - ink)).clamp(1e-4, 1)
    ink = ink ** drawn(0.7, 1.4)[:, None] * drawn(0.55, 1.1)[:, None]
    ink = ink + torch.randn_like(ink) * drawn(0, 0.07)[:, None]
    gap = torch.rand(count, 1, HEIGHT, 1, device=device) < drawn(-0.02, 0.03)[:, None]
    return torch.where(gap, ink * 0.3, ink).clamp(0, 1)


def _loss(told: Tensor, steps: Tensor, letters: Tensor, lengths: Tensor) -> Tensor:
    with torch.backends.cudnn.flags(enabled=False):
        return functional.ctc_loss(told.transpose(0, 1), letters, steps, lengths, reduction="none", zero_infinity=True)


def _rate(share: float, step: int) -> float:
    return _RATE * min(1.0, (step + 1) / _WARM_UP) * (0.002 + 0.998 * 0.5 * (1 + math.cos(math.pi * min(1.0, share))))


class _Steady:
    """The running mean of the weights, which reads better than the last ones."""

    def __init__(self, network: LineNetwork) -> None:
        self.values = {k: v.detach().clone().float() for k, v in network.state_dict().items()}

    def follow(self, network: LineNetwork, step: int) -> None:
        keep = min(_STEADY, (1 + step) / (20 + step))
        for key, value in network.state_dict().items():
            if value.is_floating_point():
                self.values[key].lerp_(value.detach().float(), 1 - keep)
            else:
                self.values[key] = value.detach().clone()


def _as_it_is(lines: list[_Line]) -> list[_Line]:
    return lines


def _feed(pages: Iterator[list[_Line]], pool: "Pool") -> None:
    for lines in pages:
        pool.add(lines)


def _wait(hungry: Callable[[], bool], feeding: threading.Thread) -> None:
    """Wait for more lines; fail where none will come."""
    while hungry():
        if not feeding.is_alive():
            raise SystemExit("no more pages are made")
        time.sleep(0.02)


def main() -> None:
    """Train for some minutes; write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--least", type=int, default=4_000, help="lines to have before the first step")
    train(parser.parse_args())


def train(given: argparse.Namespace) -> None:
    """The training."""
    begin = time.monotonic()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(given.seed)
    stream = np.random.default_rng(given.seed)
    torch.backends.cudnn.benchmark = False
    torch.set_float32_matmul_precision("high")
    network = LineNetwork().to(device)
    if given.start:
        network.load_state_dict(torch.load(given.start, map_location=device))
    steady = _Steady(network)
    learner = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_DECAY, betas=(0.9, 0.98))
    pages = iter(
        DataLoader(
            _Lines(given.seed * 10_000_000),
            batch_size=None,
            num_workers=given.workers,
            prefetch_factor=4,
            collate_fn=_as_it_is,
        )
    )
    pool, step, losses, saved = Pool(given.seed), 0, deque[float](maxlen=100), begin
    feeding = threading.Thread(target=_feed, args=(pages, pool), daemon=True)
    feeding.start()
    _wait(lambda: pool.added < given.least, feeding)
    print(f"first lines after {time.monotonic() - begin:.0f} s", flush=True)
    limit, begun = given.minutes * 60, time.monotonic()
    while (spent := time.monotonic() - begin) < limit:
        _wait(lambda: pool.is_hungry, feeding)
        share = (spent - (begun - begin)) / max(1.0, limit - (begun - begin))
        for group in learner.param_groups:
            group["lr"] = _rate(share, step)
        pictures, steps, letters, lengths = padded(pool.batch(), stream)
        letters = letters.to(device)
        ink = altered(pictures.to(device, non_blocking=True).float() / 255)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            told, glanced = network.both(ink)
        each = _loss(told, steps, letters, lengths) + _GLANCE * _loss(glanced, steps, letters, lengths)
        loss = each.sum() / lengths.sum().clamp(min=1)
        learner.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        learner.step()
        steady.follow(network, step)
        step += 1
        if step % 100 == 0:
            losses.append(float(loss.detach()))
            print(
                f"{spent:6.0f} s  step {step}  lines {pool.added}  used {pool.used}  loss {losses[-1]:.4f}", flush=True
            )
        if time.monotonic() - saved > 60:
            torch.save({k: v.cpu() for k, v in steady.values.items()}, given.out)
            saved = time.monotonic()
    torch.save({k: v.cpu() for k, v in steady.values.items()}, given.out)
    print(f"{step} steps, {pool.added} lines, used {pool.used} times", flush=True)


if __name__ == "__main__":
    main()
