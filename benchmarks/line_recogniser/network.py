"""The network: convolutions that look, two recurrent layers that read on, a letter or a blank each four columns.

Depth-wise separable convolutions with residuals (Sandler et al., CVPR 2018), recurrent layers behind them (Shi et al.,
TPAMI 2017), trained with connectionist temporal classification (Graves et al., ICML 2006). Needs PyTorch, which the
extra `train` brings and nothing else of sohoa imports.
"""

import torch
from torch import Tensor, nn

from benchmarks.line_recogniser.letters import LETTERS

STRIDE = 4
_WIDTHS, _MEMORY, _GROWTH = (32, 80, 144, 256), 128, 3


class _Block(nn.Module):
    """A wide look at each channel, then all channels of each place mixed, added to what came in."""

    def __init__(self, width: int, growth: int = _GROWTH) -> None:
        super().__init__()
        self.look = nn.Sequential(
            nn.Conv2d(width, width, 5, padding=2, groups=width, bias=False), nn.BatchNorm2d(width)
        )
        self.mix = nn.Sequential(
            nn.Conv2d(width, growth * width, 1, bias=False), nn.BatchNorm2d(growth * width), nn.SiLU(),
            nn.Conv2d(growth * width, width, 1, bias=False), nn.BatchNorm2d(width),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mix(self.look(x))


def _step(before: int, after: int, size: tuple[int, int]) -> nn.Module:
    """Fewer places, more channels."""
    return nn.Sequential(nn.Conv2d(before, after, size, stride=size, bias=False), nn.BatchNorm2d(after), nn.SiLU())


class LineNetwork(nn.Module):
    """Lines (count x 1 x 40 x width, 1 = ink) to log-probabilities (count x width / 4 x letters and blank)."""

    def __init__(self) -> None:
        super().__init__()
        first, second, third, last = _WIDTHS
        self.looks = nn.Sequential(
            nn.Conv2d(1, first, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(first), nn.SiLU(),
            _Block(first, 2), _step(first, second, (2, 2)), _Block(second), _Block(second),
            _step(second, third, (2, 1)), _Block(third), _Block(third), _Block(third), _step(third, last, (5, 1)),
        )  # fmt: skip
        self.reads = nn.LSTM(last, _MEMORY, num_layers=2, bidirectional=True, batch_first=True, dropout=0.1)
        self.letters = nn.Linear(2 * _MEMORY + last, len(LETTERS) + 1)
        self.glance = nn.Linear(last, len(LETTERS) + 1)

    def forward(self, lines: Tensor) -> Tensor:
        """What each step says."""
        return self.both(lines)[0]

    def both(self, lines: Tensor) -> tuple[Tensor, Tensor]:
        """What each step says, and what the convolutions alone say, which helps them to learn."""
        seen = self.looks(lines).squeeze(2).transpose(1, 2)
        read, _ = self.reads(seen)
        told = self.letters(torch.cat([read, seen], 2))
        return told.float().log_softmax(2), self.glance(seen).float().log_softmax(2)
