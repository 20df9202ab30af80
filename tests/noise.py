"""
A machine that is never quiet, made of seeded random numbers: rounds as `bebytes bench` times them, without a clock.

The figures are those that were seen on two shared cores: another program takes half of the core for stretches of rounds, a
launch is unlucky with the place of its memory, bursts hold up a round, and runs differ in how busy the machine is.
"""

import random

from bebytes.cli._statistics import Times

QUIET = 250_000.0
"""What the control loop takes on the machine alone, in nanoseconds."""


class Machine:
    """
    The machine during one run.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        # How much of the time something else runs, and what that costs.
        self.busy = self.random.uniform(0.0, 0.8)
        self.shared = self.random.uniform(1.3, 1.7)
        self._slow = False

    def launch(self) -> float:
        """
        The luck of a launch: what it multiplies the times of a row with.
        """
        return self.random.uniform(1.05, 1.4) if self.random.random() < 0.15 else 1.0

    def factor(self) -> float:
        """
        What the next round is multiplied with; the state of the machine lasts some rounds.
        """
        if self.random.random() < 0.3:
            self._slow = self.random.random() < self.busy
        return (self.shared if self._slow else 1.0) * self._jitter()

    def control(self) -> float:
        """
        The control loop, now.
        """
        return QUIET * (self.shared if self._slow else 1.0) * self._jitter()

    def times(self, nanoseconds: float, launches: int = 6, rounds: int = 16) -> Times:
        """
        A cell of code that takes so long on the machine alone.
        """
        measured, control = [], []
        for _ in range(launches):
            luck = self.launch()
            pairs = [(self.control(), nanoseconds * luck * self.factor()) for _ in range(rounds)]
            control.append([one for one, _ in pairs])
            measured.append([other for _, other in pairs])
        return Times(measured, control)

    def _jitter(self) -> float:
        burst = self.random.expovariate(2) if self.random.random() < 0.1 else 0.0
        return self.random.lognormvariate(0, 0.01) * (1 + burst)
