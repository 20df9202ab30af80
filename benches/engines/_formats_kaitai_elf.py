# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, has-type"
"""
ELF of 64 bits, little endian, as the compiler of Kaitai Struct writes it; see `_formats_kaitai.py`.
"""

import kaitaistruct
from kaitaistruct import BytesIO, KaitaiStream, KaitaiStruct

from bebytes.formats.elf import (
    Binding,
    Class,
    Data,
    Machine,
    SectionType,
    SegmentType,
    SymbolType,
    Type,
    Visibility,
)


class Elf(KaitaiStruct):
    def __init__(self, _io, _parent=None, _root=None):
        super(Elf, self).__init__(_io)
        self._parent = _parent
        self._root = _root or self
        self._read()

    def _read(self):
        self.ident = Elf.Ident(self._io, self, self._root)
        self.header = Elf.Header(self._io, self, self._root)

    def _fetch_instances(self):
        pass
        _ = self.sections
        if hasattr(self, "_m_sections"):
            pass
            for i in range(len(self._m_sections)):
                pass
                self._m_sections[i]._fetch_instances()

        _ = self.segments

    @property
    def sections(self):
        if hasattr(self, "_m_sections"):
            return self._m_sections

        _pos = self._io.pos()
        self._io.seek(self.header.e_shoff)
        self._m_sections = []
        for i in range(self.header.e_shnum):
            self._m_sections.append(Elf.Section(self._io, self, self._root))

        self._io.seek(_pos)
        return getattr(self, "_m_sections", None)

    @property
    def segments(self):
        if hasattr(self, "_m_segments"):
            return self._m_segments

        _pos = self._io.pos()
        self._io.seek(self.header.e_phoff)
        self._m_segments = []
        for i in range(self.header.e_phnum):
            self._m_segments.append(Elf.Segment(self._io, self, self._root))

        self._io.seek(_pos)
        return getattr(self, "_m_segments", None)

    class Ident(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.Ident, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.magic = self._io.read_bytes(4)
            if not self.magic == b"\x7f\x45\x4c\x46":
                raise kaitaistruct.ValidationNotEqualError(
                    b"\x7f\x45\x4c\x46", self.magic, self._io, "/types/ident/seq/0"
                )
            self.ei_class = KaitaiStream.resolve_enum(Class, self._io.read_u1())
            self.ei_data = KaitaiStream.resolve_enum(Data, self._io.read_u1())
            self.ei_version = self._io.read_u1()
            self.ei_osabi = self._io.read_u1()
            self.ei_abiversion = self._io.read_u1()
            self.ei_pad = self._io.read_bytes(7)

    class Header(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.Header, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.e_type = KaitaiStream.resolve_enum(Type, self._io.read_u2le())
            self.e_machine = KaitaiStream.resolve_enum(Machine, self._io.read_u2le())
            self.e_version = self._io.read_u4le()
            self.e_entry = self._io.read_u8le()
            self.e_phoff = self._io.read_u8le()
            self.e_shoff = self._io.read_u8le()
            self.e_flags = self._io.read_u4le()
            self.e_ehsize = self._io.read_u2le()
            self.e_phentsize = self._io.read_u2le()
            self.e_phnum = self._io.read_u2le()
            self.e_shentsize = self._io.read_u2le()
            self.e_shnum = self._io.read_u2le()
            self.e_shstrndx = self._io.read_u2le()

    class Section(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.Section, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.sh_name = self._io.read_u4le()
            self.sh_type = KaitaiStream.resolve_enum(SectionType, self._io.read_u4le())
            self.sh_flags = self._io.read_u8le()
            self.sh_addr = self._io.read_u8le()
            self.sh_offset = self._io.read_u8le()
            self.sh_size = self._io.read_u8le()
            self.sh_link = self._io.read_u4le()
            self.sh_info = self._io.read_u4le()
            self.sh_addralign = self._io.read_u8le()
            self.sh_entsize = self._io.read_u8le()

        def _fetch_instances(self):
            pass
            _ = self.content

        @property
        def content(self):
            if hasattr(self, "_m_content"):
                return self._m_content

            if (self.sh_type != SectionType.NULL) and (self.sh_type != SectionType.NOBITS):
                pass
                io = self._root._io
                _pos = io.pos()
                io.seek(self.sh_offset)
                _on = self.sh_type
                if _on == SectionType.DYNAMIC:
                    pass
                    self._raw__m_content = io.read_bytes(self.sh_size)
                    _io__raw__m_content = KaitaiStream(BytesIO(self._raw__m_content))
                    self._m_content = Elf.DynamicSection(_io__raw__m_content, self, self._root)
                elif _on == SectionType.DYNSYM:
                    pass
                    self._raw__m_content = io.read_bytes(self.sh_size)
                    _io__raw__m_content = KaitaiStream(BytesIO(self._raw__m_content))
                    self._m_content = Elf.SymbolTable(_io__raw__m_content, self, self._root)
                elif _on == SectionType.NOTE:
                    pass
                    self._raw__m_content = io.read_bytes(self.sh_size)
                    _io__raw__m_content = KaitaiStream(BytesIO(self._raw__m_content))
                    self._m_content = Elf.NoteSection(_io__raw__m_content, self, self._root)
                elif _on == SectionType.RELA:
                    pass
                    self._raw__m_content = io.read_bytes(self.sh_size)
                    _io__raw__m_content = KaitaiStream(BytesIO(self._raw__m_content))
                    self._m_content = Elf.RelaSection(_io__raw__m_content, self, self._root)
                elif _on == SectionType.STRTAB:
                    pass
                    self._raw__m_content = io.read_bytes(self.sh_size)
                    _io__raw__m_content = KaitaiStream(BytesIO(self._raw__m_content))
                    self._m_content = Elf.StringTable(_io__raw__m_content, self, self._root)
                elif _on == SectionType.SYMTAB:
                    pass
                    self._raw__m_content = io.read_bytes(self.sh_size)
                    _io__raw__m_content = KaitaiStream(BytesIO(self._raw__m_content))
                    self._m_content = Elf.SymbolTable(_io__raw__m_content, self, self._root)
                elif _on == SectionType.GNU_VERSYM:
                    pass
                    self._raw__m_content = io.read_bytes(self.sh_size)
                    _io__raw__m_content = KaitaiStream(BytesIO(self._raw__m_content))
                    self._m_content = Elf.VersionTable(_io__raw__m_content, self, self._root)
                else:
                    pass
                    self._m_content = io.read_bytes(self.sh_size)
                io.seek(_pos)

            return getattr(self, "_m_content", None)

    class Segment(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.Segment, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.p_type = KaitaiStream.resolve_enum(SegmentType, self._io.read_u4le())
            self.p_flags = self._io.read_u4le()
            self.p_offset = self._io.read_u8le()
            self.p_vaddr = self._io.read_u8le()
            self.p_paddr = self._io.read_u8le()
            self.p_filesz = self._io.read_u8le()
            self.p_memsz = self._io.read_u8le()
            self.p_align = self._io.read_u8le()

    class StringTable(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.StringTable, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.data = self._io.read_bytes_full()

    class VersionTable(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.VersionTable, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.versions = []
            i = 0
            while not self._io.is_eof():
                self.versions.append(self._io.read_u2le())
                i += 1

    class SymbolTable(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.SymbolTable, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.symbols = []
            i = 0
            while not self._io.is_eof():
                self.symbols.append(Elf.Symbol(self._io, self, self._root))
                i += 1

    class RelaSection(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.RelaSection, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.relocations = []
            i = 0
            while not self._io.is_eof():
                self.relocations.append(Elf.Rela(self._io, self, self._root))
                i += 1

    class DynamicSection(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.DynamicSection, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.entries = []
            i = 0
            while not self._io.is_eof():
                self.entries.append(Elf.Dynamic(self._io, self, self._root))
                i += 1

    class NoteSection(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.NoteSection, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.notes = []
            i = 0
            while not self._io.is_eof():
                self.notes.append(Elf.Note(self._io, self, self._root))
                i += 1

    class Symbol(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.Symbol, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.st_name = self._io.read_u4le()
            self.st_bind = KaitaiStream.resolve_enum(Binding, self._io.read_bits_int_be(4))
            self.st_type = KaitaiStream.resolve_enum(SymbolType, self._io.read_bits_int_be(4))
            self.st_rest = self._io.read_bits_int_be(6)
            self.st_visibility = KaitaiStream.resolve_enum(Visibility, self._io.read_bits_int_be(2))
            self.st_shndx = self._io.read_u2le()
            self.st_value = self._io.read_u8le()
            self.st_size = self._io.read_u8le()

    class Rela(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.Rela, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.r_offset = self._io.read_u8le()
            self.r_type = self._io.read_u4le()
            self.r_sym = self._io.read_u4le()
            self.r_addend = self._io.read_s8le()

    class Dynamic(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.Dynamic, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.d_tag = self._io.read_s8le()
            self.d_val = self._io.read_u8le()

    class Note(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Elf.Note, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.n_namesz = self._io.read_u4le()
            self.n_descsz = self._io.read_u4le()
            self.n_type = self._io.read_u4le()
            self.n_name = self._io.read_bytes(self.n_namesz)
            self.name_gap = self._io.read_bytes(
                -(12 + self.n_namesz) % (8 if self._parent._parent.sh_addralign == 8 else 4)
            )
            self.n_desc = self._io.read_bytes(self.n_descsz)
            self.desc_gap = self._io.read_bytes(-(self.n_descsz) % (8 if self._parent._parent.sh_addralign == 8 else 4))
