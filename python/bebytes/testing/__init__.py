"""
Hypothesis strategies for structs: classes, their values, their bytes, and both of them damaged.

They are what the project's own tests use; a class of yours can be tested with them as well:

    @given(values(Packet))
    def test_round_trip(packet):
        assert Packet.from_be_bytes(packet.to_be_bytes()) == packet

This module needs Hypothesis; nothing else in the package does.
"""

from ._bytes import damaged, encodings
from ._outcome import outcome
from ._schemas import schemas
from ._values import values
from ._wrong_values import wrong_values

__all__ = ["damaged", "encodings", "outcome", "schemas", "values", "wrong_values"]
