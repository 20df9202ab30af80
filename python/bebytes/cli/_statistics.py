"""
What can be said of rounds that other work on the machine disturbs.

Such work only ever adds time, so the fastest rounds are what two runs agree on, and differences are judged by them; means and
medians of two runs of one build were seen to differ by half on a busy machine. What the fastest round does not show is how
lucky it was. For this the rounds are resampled, launches first and then the rounds of each, as a launch has luck of its own:
the place of its memory.

SciPy has a bootstrap and pyperf a t-test; neither knows rounds within launches, and both are far more than these lines to
install.
"""

import math
import random
import statistics
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Literal, Self, TypeAlias

Rounds: TypeAlias = Sequence[Sequence[float]]
"""Times, a list a launch."""

Verdict: TypeAlias = Literal["faster", "slower", "no difference"]

CONFIDENCE = 0.95
"""Of each side of a comparison. More would hardly spare a false alarm, as `LEAST` does that, but miss what is slower."""

LEAST = 0.1
"""
The least relative difference that is one. With the place of its code and data in memory, the same code was seen to differ by
up to a twelfth between runs on one machine, all launches of a run alike.
"""

ENOUGH = 3
"""From how many launches on their luck shows; see `ALONE`."""

ALONE = 0.5
"""What `LEAST` is where one side has fewer launches than `ENOUGH`: one unlucky launch makes a row slower by up to that."""


NEAR = 1.1
"""How much slower a round may be than the fastest, for the machine to have been as it was then."""


@dataclass(frozen=True, slots=True)
class Times:
    """
    The times of a cell, and what the control loop took before each.
    """

    rounds: Rounds
    control: Rounds = ()

    @classmethod
    def of(cls, cell: Mapping[str, Any]) -> Self:
        """
        The times of a cell of a record; one that does not say otherwise had a single launch.
        """
        lengths = cell.get("launches") or [len(cell["samples_ns"])]
        return cls(_split(cell["samples_ns"], lengths), _split(cell.get("control_ns", ()), lengths))


@dataclass(frozen=True, slots=True)
class Difference:
    """
    How long B takes relative to A.

    Attributes:
        ratio: B's time over A's, by the fastest rounds of both.
        low: the least that this may be in truth.
        high: the greatest.
        verdict: what B is, if all between `low` and `high` says so, and by more than `LEAST`.
    """

    ratio: float
    low: float
    high: float
    verdict: Verdict


def difference(a: Times, b: Times) -> Difference:
    """
    Compare two cells.

    Where the control loop, too, was slower beside the fastest rounds of one side, the machine may be the reason; the interval
    is made wide enough to hold that.
    """
    least_a, most_a = fastest(a.rounds)
    least_b, most_b = fastest(b.rounds)
    machine = _control(b) / _control(a) if a.control and b.control else 1.0
    low = least_b / most_a / max(machine, 1.0)
    high = most_b / least_a / min(machine, 1.0)
    least = LEAST if min(len(a.rounds), len(b.rounds)) >= ENOUGH else ALONE
    verdict: Verdict = "no difference"
    if low > 1 + least:
        verdict = "slower"
    elif high < 1 / (1 + least):
        verdict = "faster"
    return Difference(least_b / least_a, low, high, verdict)


def fastest(rounds: Rounds, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """
    The fastest round, and the time that the fastest of resampled rounds does not exceed with that confidence.

    This is the bootstrap with all resamples there are, instead of a few thousand by chance: the fastest of `n` rounds drawn
    with replacement is above `t` with the probability `(1 - F(t)) ** n`, where F is the share of rounds up to `t`.
    """
    launches = [sorted(launch) for launch in rounds if launch]
    times = sorted(chain.from_iterable(launches))
    for time in times:
        above = sum((1 - bisect_right(launch, time) / len(launch)) ** len(launch) for launch in launches)
        if 1 - (above / len(launches)) ** len(launches) >= confidence:
            return times[0], time
    return times[0], times[-1]


def _control(times: Times) -> float:
    fast = NEAR * min(chain.from_iterable(times.rounds))
    pairs = zip(chain.from_iterable(times.rounds), chain.from_iterable(times.control), strict=True)
    return min(control for time, control in pairs if time <= fast)


def interval(rounds: Rounds, confidence: float = 0.95, resamples: int = 500) -> tuple[float, float]:
    """
    Between which two times the median lies: the percentiles of the medians of resampled rounds.

    The same rounds give the same interval, whatever was drawn before.
    """
    launches = [launch for launch in rounds if launch]
    choose = random.Random(0).choices  # noqa: S311 (resampling is no secret)
    medians = sorted(
        statistics.median(
            list(chain.from_iterable(choose(launch, k=len(launch)) for launch in choose(launches, k=len(launches))))
        )
        for _ in range(resamples)
    )
    outside = (1 - confidence) / 2
    return medians[int(outside * resamples)], medians[math.ceil((1 - outside) * resamples) - 1]


def _split(samples: Sequence[float], lengths: Sequence[int]) -> Rounds:
    left = iter(samples)
    return [list(islice(left, length)) for length in lengths] if samples else ()


def geometric_mean(ratios: Iterable[float]) -> float:
    """
    The mean of ratios: that of a half and two is one.
    """
    return statistics.geometric_mean(ratios)
