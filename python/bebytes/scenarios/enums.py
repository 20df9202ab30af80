"""
Enums: as a byte, in the fewest bits that hold them, and as flags.
"""

from collections.abc import Iterator
from enum import IntEnum, IntFlag

from bebytes import Struct, bits, u8

from ._model import Case, Scenario, cases, scenarios_of

GROUP = "enums"
ITERATIONS = 1_000_000


class Setup(IntEnum):
    RESPONSE = 0
    START = 1
    REQUEST = 2


class Status(IntEnum):
    IDLE = 0
    RUNNING = 1
    PAUSED = 2
    STOPPED = 3


class Priority(IntEnum):
    LOW = 0
    MEDIUM = 1
    HIGH = 2


class Permissions(IntFlag):
    READ = 1
    WRITE = 2
    EXECUTE = 4
    DELETE = 8


class Network(IntFlag):
    CONNECTED = 1
    AUTHENTICATED = 2
    ENCRYPTED = 4
    COMPRESSED = 8
    KEEP_ALIVE = 16


class Regular(Struct):
    setup: Setup


class PacketHeader(Struct):
    version: u8 = bits(4)
    status: Status = bits()
    priority: Priority = bits()


class SecurityContext(Struct):
    user: u8 = bits(5)
    group: u8 = bits(3)
    permissions: Permissions
    network: Network


def _regular(i: int) -> Case:
    return Regular(Setup(i % 3)), bytes([i % 3])


def _auto_sized(i: int) -> Case:
    version, status, priority = i % 16, i % 4, i % 3
    return (
        PacketHeader(version, Status(status), Priority(priority)),
        bytes([version << 4 | status << 2 | priority]),
    )


def _flags(i: int) -> Case:
    user, group, permissions, network = i % 32, i % 8, i % 16, i * 5 % 32
    return (
        SecurityContext(user, group, Permissions(permissions), Network(network)),
        bytes([user << 3 | group, permissions, network]),
    )


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    yield from scenarios_of(GROUP, "regular", ITERATIONS, cases(_regular), "an enum of one byte")
    yield from scenarios_of(
        GROUP,
        "auto-sized",
        ITERATIONS,
        cases(_auto_sized),
        "bits 4, and two enums in the 2 bits that hold them",
        crate="no enums in bit fields",
    )
    yield from scenarios_of(
        GROUP,
        "flags",
        ITERATIONS,
        cases(_flags),
        "bits 5, 3, and two bytes of flags",
        crate="a flags field holds one member, no union",
    )
