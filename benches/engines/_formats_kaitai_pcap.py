# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, has-type"
"""
Captures, little endian, as the compiler of Kaitai Struct writes them; see `_formats_kaitai.py`.
"""

import kaitaistruct
from kaitaistruct import KaitaiStruct


class Pcap(KaitaiStruct):
    def __init__(self, _io, _parent=None, _root=None):
        super(Pcap, self).__init__(_io)
        self._parent = _parent
        self._root = _root or self
        self._read()

    def _read(self):
        self.magic = self._io.read_bytes(4)
        if not self.magic == b"\xd4\xc3\xb2\xa1":
            raise kaitaistruct.ValidationNotEqualError(b"\xd4\xc3\xb2\xa1", self.magic, self._io, "/seq/0")
        self.version_major = self._io.read_u2le()
        self.version_minor = self._io.read_u2le()
        self.time_zone = self._io.read_s4le()
        self.accuracy = self._io.read_u4le()
        self.snap_length = self._io.read_u4le()
        self.link_type = self._io.read_u2le()
        self.frame_check = self._io.read_u2le()
        self.packets = []
        i = 0
        while not self._io.is_eof():
            self.packets.append(Pcap.Packet(self._io, self, self._root))
            i += 1

    class Packet(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Pcap.Packet, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.seconds = self._io.read_u4le()
            self.fraction = self._io.read_u4le()
            self.captured_length = self._io.read_u4le()
            self.original_length = self._io.read_u4le()
            self.data = self._io.read_bytes(self.captured_length)
