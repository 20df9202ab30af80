# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, has-type"
"""
TZif as the compiler of Kaitai Struct writes it; see `_formats_kaitai.py`.
"""

import kaitaistruct
from kaitaistruct import KaitaiStream, KaitaiStruct

from bebytes.formats.tzif import Version


class Tzif(KaitaiStruct):
    def __init__(self, _io, _parent=None, _root=None):
        super(Tzif, self).__init__(_io)
        self._parent = _parent
        self._root = _root or self
        self._read()

    def _read(self):
        self.first = Tzif.Block32(self._io, self, self._root)
        if self.first.version != Version.V1:
            pass
            self.second = Tzif.Block64(self._io, self, self._root)

        if self.first.version != Version.V1:
            pass
            self.footer = Tzif.Footer(self._io, self, self._root)

    class Block32(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Tzif.Block32, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.magic = self._io.read_bytes(4)
            if not self.magic == b"\x54\x5a\x69\x66":
                raise kaitaistruct.ValidationNotEqualError(
                    b"\x54\x5a\x69\x66", self.magic, self._io, "/types/block32/seq/0"
                )
            self.version = KaitaiStream.resolve_enum(Version, self._io.read_u1())
            self.unused = self._io.read_bytes(15)
            self.isutcnt = self._io.read_u4be()
            self.isstdcnt = self._io.read_u4be()
            self.leapcnt = self._io.read_u4be()
            self.timecnt = self._io.read_u4be()
            self.typecnt = self._io.read_u4be()
            self.charcnt = self._io.read_u4be()
            self.transition_times = []
            for i in range(self.timecnt):
                self.transition_times.append(self._io.read_s4be())

            self.transition_types = []
            for i in range(self.timecnt):
                self.transition_types.append(self._io.read_u1())

            self.types = []
            for i in range(self.typecnt):
                self.types.append(Tzif.LocalTimeType(self._io, self, self._root))

            self.designations = self._io.read_bytes(self.charcnt)
            self.leap_seconds = []
            for i in range(self.leapcnt):
                self.leap_seconds.append(Tzif.LeapSecond32(self._io, self, self._root))

            self.standard = []
            for i in range(self.isstdcnt):
                self.standard.append(self._io.read_u1())

            self.ut = []
            for i in range(self.isutcnt):
                self.ut.append(self._io.read_u1())

    class Block64(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Tzif.Block64, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.magic = self._io.read_bytes(4)
            if not self.magic == b"\x54\x5a\x69\x66":
                raise kaitaistruct.ValidationNotEqualError(
                    b"\x54\x5a\x69\x66", self.magic, self._io, "/types/block64/seq/0"
                )
            self.version = KaitaiStream.resolve_enum(Version, self._io.read_u1())
            self.unused = self._io.read_bytes(15)
            self.isutcnt = self._io.read_u4be()
            self.isstdcnt = self._io.read_u4be()
            self.leapcnt = self._io.read_u4be()
            self.timecnt = self._io.read_u4be()
            self.typecnt = self._io.read_u4be()
            self.charcnt = self._io.read_u4be()
            self.transition_times = []
            for i in range(self.timecnt):
                self.transition_times.append(self._io.read_s8be())

            self.transition_types = []
            for i in range(self.timecnt):
                self.transition_types.append(self._io.read_u1())

            self.types = []
            for i in range(self.typecnt):
                self.types.append(Tzif.LocalTimeType(self._io, self, self._root))

            self.designations = self._io.read_bytes(self.charcnt)
            self.leap_seconds = []
            for i in range(self.leapcnt):
                self.leap_seconds.append(Tzif.LeapSecond64(self._io, self, self._root))

            self.standard = []
            for i in range(self.isstdcnt):
                self.standard.append(self._io.read_u1())

            self.ut = []
            for i in range(self.isutcnt):
                self.ut.append(self._io.read_u1())

    class LocalTimeType(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Tzif.LocalTimeType, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.utoff = self._io.read_s4be()
            self.is_dst = self._io.read_u1()
            self.designation = self._io.read_u1()

    class LeapSecond32(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Tzif.LeapSecond32, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.occurrence = self._io.read_s4be()
            self.correction = self._io.read_s4be()

    class LeapSecond64(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Tzif.LeapSecond64, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.occurrence = self._io.read_s8be()
            self.correction = self._io.read_s4be()

    class Footer(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Tzif.Footer, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.begin = self._io.read_bytes(1)
            if not self.begin == b"\x0a":
                raise kaitaistruct.ValidationNotEqualError(b"\x0a", self.begin, self._io, "/types/footer/seq/0")
            self.rule = (self._io.read_bytes_term(10, False, True, True)).decode("ASCII")
