# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, has-type"
"""
Space packets as the compiler of Kaitai Struct writes them; see `_formats_kaitai.py`.
"""

import kaitaistruct
from kaitaistruct import BytesIO, KaitaiStream, KaitaiStruct, ReadWriteKaitaiStruct

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


class SpacePacketsWriter(ReadWriteKaitaiStruct):
    def __init__(self, _io=None, _parent=None, _root=None):
        super(SpacePacketsWriter, self).__init__(_io)
        self._parent = _parent
        self._root = _root or self

    def _read(self):
        self.packets = []
        i = 0
        while not self._io.is_eof():
            _t_packets = SpacePacketsWriter.Packet(self._io, self, self._root)
            try:
                _t_packets._read()
            finally:
                self.packets.append(_t_packets)
            i += 1

        self._dirty = False

    def _fetch_instances(self):
        pass
        for i in range(len(self.packets)):
            pass
            self.packets[i]._fetch_instances()

    def _write__seq(self, io=None):
        super(SpacePacketsWriter, self)._write__seq(io)
        for i in range(len(self.packets)):
            pass
            if self._io.is_eof():
                raise kaitaistruct.ConsistencyError("packets", 0, self._io.size() - self._io.pos())
            self.packets[i]._write__seq(self._io)

        if not self._io.is_eof():
            raise kaitaistruct.ConsistencyError("packets", 0, self._io.size() - self._io.pos())

    def _check(self):
        for i in range(len(self.packets)):
            pass
            if self.packets[i]._root != self._root:
                raise kaitaistruct.ConsistencyError("packets", self._root, self.packets[i]._root)
            if self.packets[i]._parent != self:
                raise kaitaistruct.ConsistencyError("packets", self, self.packets[i]._parent)

        self._dirty = False

    class Packet(ReadWriteKaitaiStruct):
        def __init__(self, _io=None, _parent=None, _root=None):
            super(SpacePacketsWriter.Packet, self).__init__(_io)
            self._parent = _parent
            self._root = _root

        def _read(self):
            self.version = self._io.read_bits_int_be(3)
            self.packet_type = KaitaiStream.resolve_enum(PacketType, self._io.read_bits_int_be(1))
            self.secondary_header = self._io.read_bits_int_be(1) != 0
            self.apid = self._io.read_bits_int_be(11)
            self.sequence_flags = KaitaiStream.resolve_enum(SequenceFlags, self._io.read_bits_int_be(2))
            self.sequence_count = self._io.read_bits_int_be(14)
            self.length = self._io.read_u2be()
            self.data = self._io.read_bytes(self.length + 1)
            self._dirty = False

        def _fetch_instances(self):
            pass

        def _write__seq(self, io=None):
            super(SpacePacketsWriter.Packet, self)._write__seq(io)
            self._io.write_bits_int_be(3, self.version)
            self._io.write_bits_int_be(1, int(self.packet_type))
            self._io.write_bits_int_be(1, int(self.secondary_header))
            self._io.write_bits_int_be(11, self.apid)
            self._io.write_bits_int_be(2, int(self.sequence_flags))
            self._io.write_bits_int_be(14, self.sequence_count)
            self._io.write_u2be(self.length)
            self._io.write_bytes(self.data)

        def _check(self):
            if len(self.data) != self.length + 1:
                raise kaitaistruct.ConsistencyError("data", self.length + 1, len(self.data))
            self._dirty = False


def encode(value):
    for item in value.packets:
        item._check()
    value._check()
    stream = KaitaiStream(BytesIO(bytearray(sum(6 + len(item.data) for item in value.packets))))
    value._write(stream)
    return stream.to_byte_array()


def written(data):
    value = SpacePacketsWriter.from_bytes(data)
    value._read()
    return value
