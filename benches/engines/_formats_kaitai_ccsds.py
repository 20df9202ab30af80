# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, has-type"
"""
Space packets as the compiler of Kaitai Struct writes them; see `_formats_kaitai.py`.
"""

from kaitaistruct import KaitaiStream, KaitaiStruct

from bebytes.formats.ccsds import PacketType, SequenceFlags


class SpacePackets(KaitaiStruct):
    def __init__(self, _io, _parent=None, _root=None):
        super(SpacePackets, self).__init__(_io)
        self._parent = _parent
        self._root = _root or self
        self._read()

    def _read(self):
        self.packets = []
        i = 0
        while not self._io.is_eof():
            self.packets.append(SpacePackets.Packet(self._io, self, self._root))
            i += 1

    class Packet(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(SpacePackets.Packet, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.version = self._io.read_bits_int_be(3)
            self.packet_type = KaitaiStream.resolve_enum(PacketType, self._io.read_bits_int_be(1))
            self.secondary_header = self._io.read_bits_int_be(1) != 0
            self.apid = self._io.read_bits_int_be(11)
            self.sequence_flags = KaitaiStream.resolve_enum(SequenceFlags, self._io.read_bits_int_be(2))
            self.sequence_count = self._io.read_bits_int_be(14)
            self.length = self._io.read_u2be()
            self.data = self._io.read_bytes(self.length + 1)
