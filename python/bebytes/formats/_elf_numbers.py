"""
The numbers of ELF that have names; `elf.py` has the structs.
"""

import enum

__all__ = [
    "Binding",
    "Class",
    "Compression",
    "Data",
    "Machine",
    "SectionFlags",
    "SectionType",
    "SegmentFlags",
    "SegmentType",
    "SymbolType",
    "Tag",
    "Type",
    "Visibility",
]


class Class(enum.IntEnum):
    """
    How wide addresses and offsets are.
    """

    ELF32 = 1
    ELF64 = 2


class Data(enum.IntEnum):
    """
    The order of the bytes of all numbers: the least or the most significant first.
    """

    LSB = 1
    MSB = 2


class Type(enum.IntEnum):
    """
    What a file is for.
    """

    NONE = 0
    REL = 1
    EXEC = 2
    DYN = 3
    CORE = 4


class Machine(enum.IntEnum):
    """
    The machine that a file is for; there are more than these.
    """

    NONE = 0
    SPARC = 2
    I386 = 3
    M68K = 4
    MIPS = 8
    PPC = 20
    PPC64 = 21
    S390 = 22
    ARM = 40
    SPARCV9 = 43
    IA_64 = 50
    X86_64 = 62
    AVR = 83
    MSP430 = 105
    AARCH64 = 183
    CUDA = 190
    RISCV = 243
    BPF = 247
    LOONGARCH = 258


class SegmentType(enum.IntEnum):
    """
    What a segment holds.
    """

    NULL = 0
    LOAD = 1
    DYNAMIC = 2
    INTERP = 3
    NOTE = 4
    SHLIB = 5
    PHDR = 6
    TLS = 7
    GNU_EH_FRAME = 0x6474E550
    GNU_STACK = 0x6474E551
    GNU_RELRO = 0x6474E552
    GNU_PROPERTY = 0x6474E553


class SegmentFlags(enum.IntFlag):
    """
    What a process may do with the memory of a segment.
    """

    X = 1
    W = 2
    R = 4


class SectionType(enum.IntEnum):
    """
    What a section holds.
    """

    NULL = 0
    PROGBITS = 1
    SYMTAB = 2
    STRTAB = 3
    RELA = 4
    HASH = 5
    DYNAMIC = 6
    NOTE = 7
    NOBITS = 8
    REL = 9
    SHLIB = 10
    DYNSYM = 11
    INIT_ARRAY = 14
    FINI_ARRAY = 15
    PREINIT_ARRAY = 16
    GROUP = 17
    SYMTAB_SHNDX = 18
    SUNW_LDYNSYM = 0x6FFFFFF3
    GNU_HASH = 0x6FFFFFF6
    GNU_VERDEF = 0x6FFFFFFD
    GNU_VERNEED = 0x6FFFFFFE
    GNU_VERSYM = 0x6FFFFFFF


class SectionFlags(enum.IntFlag):
    """
    What the linker and the loader do with a section: the bits of `sh_flags`.
    """

    WRITE = 0x1
    ALLOC = 0x2
    EXECINSTR = 0x4
    MERGE = 0x10
    STRINGS = 0x20
    INFO_LINK = 0x40
    LINK_ORDER = 0x80
    OS_NONCONFORMING = 0x100
    GROUP = 0x200
    TLS = 0x400
    COMPRESSED = 0x800


class Compression(enum.IntEnum):
    """
    How a section is compressed.
    """

    ZLIB = 1
    ZSTD = 2


class Binding(enum.IntEnum):
    """
    Who sees a symbol.
    """

    LOCAL = 0
    GLOBAL = 1
    WEAK = 2
    GNU_UNIQUE = 10


class SymbolType(enum.IntEnum):
    """
    What a symbol stands for.
    """

    NOTYPE = 0
    OBJECT = 1
    FUNC = 2
    SECTION = 3
    FILE = 4
    COMMON = 5
    TLS = 6
    GNU_IFUNC = 10


class Visibility(enum.IntEnum):
    """
    Who sees a symbol from outside the component that defines it.
    """

    DEFAULT = 0
    INTERNAL = 1
    HIDDEN = 2
    PROTECTED = 3


class Tag(enum.IntEnum):
    """
    What an entry for the dynamic linker says: values of `d_tag`; there are more than these.
    """

    NULL = 0
    NEEDED = 1
    PLTRELSZ = 2
    PLTGOT = 3
    HASH = 4
    STRTAB = 5
    SYMTAB = 6
    RELA = 7
    RELASZ = 8
    RELAENT = 9
    STRSZ = 10
    SYMENT = 11
    INIT = 12
    FINI = 13
    SONAME = 14
    RPATH = 15
    SYMBOLIC = 16
    REL = 17
    RELSZ = 18
    RELENT = 19
    PLTREL = 20
    DEBUG = 21
    TEXTREL = 22
    JMPREL = 23
    BIND_NOW = 24
    INIT_ARRAY = 25
    FINI_ARRAY = 26
    INIT_ARRAYSZ = 27
    FINI_ARRAYSZ = 28
    RUNPATH = 29
    FLAGS = 30
    GNU_HASH = 0x6FFFFEF5
    VERSYM = 0x6FFFFFF0
    RELACOUNT = 0x6FFFFFF9
    RELCOUNT = 0x6FFFFFFA
    FLAGS_1 = 0x6FFFFFFB
    VERNEED = 0x6FFFFFFE
    VERNEEDNUM = 0x6FFFFFFF
