"""
What `bebytes bench` says of noisy rounds: intervals, and whether one cell is slower than another. No clock is asked.
"""

import math
import random
import statistics

import pytest
from noise import Machine

from bebytes.cli import _statistics
from bebytes.cli._statistics import Times, difference, fastest, geometric_mean, interval

TRIALS = 200


def verdicts(factor: float, launches: int, rounds: int, trials: int = TRIALS) -> list[str]:
    """
    What is said of code and of the same code made slower by a factor, each in a run of its own.
    """
    return [
        difference(
            Machine(2 * seed).times(100, launches, rounds), Machine(2 * seed + 1).times(100 * factor, launches, rounds)
        ).verdict
        for seed in range(trials)
    ]


class TestVerdicts:
    """
    The runs of the command: six launches of 16 rounds, and with --quick five of eight.
    """

    @pytest.mark.parametrize(("launches", "rounds", "most"), [(6, 16, 0.005), (5, 8, 0.02)])
    def test_the_same_code_is_not_told_apart(self, launches: int, rounds: int, most: float) -> None:
        found = verdicts(1.0, launches, rounds)

        assert 1 - found.count("no difference") / TRIALS <= most

    @pytest.mark.parametrize(("launches", "rounds", "least"), [(6, 16, 0.95), (5, 8, 0.80)])
    def test_a_fifth_is_found(self, launches: int, rounds: int, least: float) -> None:
        assert verdicts(1.2, launches, rounds).count("slower") / TRIALS >= least
        assert verdicts(1 / 1.2, launches, rounds).count("faster") / TRIALS >= least

    def test_a_twentieth_is_no_difference(self) -> None:
        assert verdicts(1.05, 6, 16, 100).count("slower") <= 2

    def test_medians_would_not_do(self) -> None:
        """
        Why the fastest rounds are compared: on this machine, the medians of one code often differ by a fifth.
        """
        medians = [
            statistics.median([n for launch in Machine(seed).times(100).rounds for n in launch]) for seed in range(200)
        ]
        pairs = zip(medians[::2], medians[1::2], strict=True)

        assert sum(abs(math.log(b / a)) > math.log(1.2) for a, b in pairs) > 20


class TestDifference:
    def quiet(self, nanoseconds: float, launches: int = 3, control: float = 10.0) -> Times:
        """
        Rounds without noise.
        """
        return Times([[nanoseconds] * 4] * launches, [[control] * 4] * launches)

    @pytest.mark.parametrize(
        ("ratio", "verdict"),
        [
            (1.0, "no difference"),
            (1.09, "no difference"),
            (1.11, "slower"),
            (1 / 1.09, "no difference"),
            (1 / 1.11, "faster"),
        ],
    )
    def test_from_a_tenth_on_it_is_one(self, ratio: float, verdict: str) -> None:
        found = difference(self.quiet(100), self.quiet(100 * ratio))

        assert found.verdict == verdict
        assert found.low == found.ratio == found.high == pytest.approx(ratio)

    def test_the_interval_has_to_say_so(self) -> None:
        unsure = Times([[100.0, 130.0, 130.0, 130.0], [130.0] * 4, [130.0] * 4])

        found = difference(unsure, self.quiet(120))
        assert (found.ratio, found.verdict) == (1.2, "no difference")
        assert found.low == pytest.approx(120 / 130)

    @pytest.mark.parametrize(("launches", "verdict"), [(1, "no difference"), (2, "no difference"), (3, "slower")])
    def test_the_luck_of_one_launch_is_no_difference(self, launches: int, verdict: str) -> None:
        assert difference(self.quiet(100, launches), self.quiet(140)).verdict == verdict
        assert difference(self.quiet(100), self.quiet(140, launches)).verdict == verdict

    def test_a_slower_machine_is_no_difference(self) -> None:
        found = difference(self.quiet(100), self.quiet(140, control=14))
        assert found.verdict == "no difference"
        assert [found.low, found.high] == pytest.approx([1, 1.4])

        found = difference(self.quiet(140, control=14), self.quiet(100))
        assert found.verdict == "no difference"
        assert [found.low, found.high] == pytest.approx([1 / 1.4, 1])

    def test_only_the_control_beside_fast_rounds_counts(self) -> None:
        """
        The machine was quick for a moment, but none of the rounds had it.
        """
        held_up = Times([[150.0, 150.0, 170.0]] * 3, [[15.0, 15.0, 10.0]] * 3)

        assert difference(self.quiet(100), held_up).verdict == "no difference"

    def test_a_record_without_control_is_compared_by_its_rounds(self) -> None:
        old = Times([[100.0] * 4] * 3)

        assert difference(old, self.quiet(120, control=99)).verdict == "slower"


class TestFastest:
    def test_it_is_what_resampling_gives(self) -> None:
        choose = random.Random(3)
        rounds = [[choose.uniform(100, 120) for _ in range(5)] for _ in range(3)]
        drawn = sorted(
            min(min(choose.choices(launch, k=5)) for launch in choose.choices(rounds, k=3)) for _ in range(10_000)
        )

        least, most = fastest(rounds, 0.9)
        assert least == min(map(min, rounds))
        assert drawn[int(0.88 * 10_000)] <= most <= drawn[int(0.92 * 10_000)]

    def test_one_round_is_all_there_is(self) -> None:
        assert fastest([[7.0]]) == (7.0, 7.0)

    def test_a_launch_that_was_broken_off_counts_for_nothing(self) -> None:
        assert fastest([[7.0, 8.0], []]) == fastest([[7.0, 8.0]])


class TestInterval:
    def test_the_median_of_new_rounds_lies_in_it(self) -> None:
        """
        As often as it says, for rounds that are independent.
        """
        choose = random.Random(5)
        hits = 0
        for _ in range(100):
            rounds = [[choose.lognormvariate(0, 0.3) for _ in range(30)] for _ in range(3)]
            low, high = interval(rounds, resamples=100)
            hits += low <= 1.0 <= high

        assert 88 <= hits <= 100

    def test_it_grows_with_the_spread_between_launches(self) -> None:
        alike = [[10.0, 10.1, 10.2]] * 4
        unlike = [[10.0, 10.1, 10.2], [10.0, 10.1, 10.2], [14.0, 14.1, 14.2], [14.0, 14.1, 14.2]]

        assert interval(alike)[1] < 10.3
        assert interval(unlike)[1] > 14

    def test_the_same_rounds_have_the_same(self) -> None:
        rounds = [[1.0, 2.0, 3.0, 9.0], [2.0, 2.5, 4.0, 4.5]]

        assert interval(rounds) == interval(rounds)


class TestRecordedTimes:
    def test_rounds_go_back_to_their_launches(self) -> None:
        cell = {"samples_ns": [1, 2, 3], "control_ns": [4, 5, 6], "launches": [2, 1]}

        assert Times.of(cell) == Times([[1, 2], [3]], [[4, 5], [6]])

    def test_an_old_cell_had_one_launch(self) -> None:
        assert Times.of({"samples_ns": [1, 2, 3]}) == Times([[1, 2, 3]], ())


def test_the_mean_of_a_half_and_two_is_one() -> None:
    assert geometric_mean([0.5, 2]) == 1


def test_the_constants_are_what_the_documents_say() -> None:
    assert (_statistics.LEAST, _statistics.CONFIDENCE, _statistics.ENOUGH) == (0.1, 0.95, 3)
