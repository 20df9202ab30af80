"""
What pytest-benchmark says of its own work is news, not an error: that it times coarsely, or has nothing to save.
"""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "default::pytest_benchmark.logger.PytestBenchmarkWarning")
