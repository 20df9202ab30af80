"""
examples/elf.py on the running interpreter and the shared libraries it has loaded; pyelftools says what they hold.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import _ctypes
import pytest
from elftools.elf.constants import P_FLAGS  # type: ignore[import-untyped]
from elftools.elf.descriptions import describe_e_type  # type: ignore[import-untyped]
from elftools.elf.dynamic import DynamicSegment  # type: ignore[import-untyped]
from elftools.elf.elffile import ELFFile  # type: ignore[import-untyped]
from elftools.elf.enums import (  # type: ignore[import-untyped]
    ENUM_D_TAG,
    ENUM_E_MACHINE,
    ENUM_E_TYPE,
    ENUM_P_TYPE_AARCH64,
    ENUM_P_TYPE_BASE,
    ENUM_SH_TYPE_BASE,
)

from bebytes import available_backends
from examples_loading import example

PROGRAMS = [sys.executable, _ctypes.__file__]
with open(sys.executable, "rb") as _file:
    IS_ELF = _file.read(6) == b"\x7fELF\x02\x01"

needs_elf = pytest.mark.skipif(not IS_ELF, reason="the interpreter here is no 64-bit little-endian ELF file")
