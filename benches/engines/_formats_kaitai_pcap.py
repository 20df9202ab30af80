# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, has-type"
"""
Captures, little endian, as the compiler of Kaitai Struct writes them; see `_formats_kaitai.py`.
"""

import kaitaistruct
from kaitaistruct import BytesIO, KaitaiStream, KaitaiStruct, ReadWriteKaitaiStruct


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


class PcapWriter(ReadWriteKaitaiStruct):
    def __init__(self, _io=None, _parent=None, _root=None):
        super(PcapWriter, self).__init__(_io)
        self._parent = _parent
        self._root = _root or self

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
            _t_packets = PcapWriter.Packet(self._io, self, self._root)
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
        super(PcapWriter, self)._write__seq(io)
        self._io.write_bytes(self.magic)
        self._io.write_u2le(self.version_major)
        self._io.write_u2le(self.version_minor)
        self._io.write_s4le(self.time_zone)
        self._io.write_u4le(self.accuracy)
        self._io.write_u4le(self.snap_length)
        self._io.write_u2le(self.link_type)
        self._io.write_u2le(self.frame_check)
        for i in range(len(self.packets)):
            pass
            if self._io.is_eof():
                raise kaitaistruct.ConsistencyError("packets", 0, self._io.size() - self._io.pos())
            self.packets[i]._write__seq(self._io)

        if not self._io.is_eof():
            raise kaitaistruct.ConsistencyError("packets", 0, self._io.size() - self._io.pos())

    def _check(self):
        if len(self.magic) != 4:
            raise kaitaistruct.ConsistencyError("magic", 4, len(self.magic))
        if not self.magic == b"\xd4\xc3\xb2\xa1":
            raise kaitaistruct.ValidationNotEqualError(b"\xd4\xc3\xb2\xa1", self.magic, None, "/seq/0")
        for i in range(len(self.packets)):
            pass
            if self.packets[i]._root != self._root:
                raise kaitaistruct.ConsistencyError("packets", self._root, self.packets[i]._root)
            if self.packets[i]._parent != self:
                raise kaitaistruct.ConsistencyError("packets", self, self.packets[i]._parent)

        self._dirty = False

    class Packet(ReadWriteKaitaiStruct):
        def __init__(self, _io=None, _parent=None, _root=None):
            super(PcapWriter.Packet, self).__init__(_io)
            self._parent = _parent
            self._root = _root

        def _read(self):
            self.seconds = self._io.read_u4le()
            self.fraction = self._io.read_u4le()
            self.captured_length = self._io.read_u4le()
            self.original_length = self._io.read_u4le()
            self.data = self._io.read_bytes(self.captured_length)
            self._dirty = False

        def _fetch_instances(self):
            pass

        def _write__seq(self, io=None):
            super(PcapWriter.Packet, self)._write__seq(io)
            self._io.write_u4le(self.seconds)
            self._io.write_u4le(self.fraction)
            self._io.write_u4le(self.captured_length)
            self._io.write_u4le(self.original_length)
            self._io.write_bytes(self.data)

        def _check(self):
            if len(self.data) != self.captured_length:
                raise kaitaistruct.ConsistencyError("data", self.captured_length, len(self.data))
            self._dirty = False


def encode(value):
    for item in value.packets:
        item._check()
    value._check()
    stream = KaitaiStream(BytesIO(bytearray(24 + sum(16 + len(item.data) for item in value.packets))))
    value._write(stream)
    return stream.to_byte_array()


def written(data):
    value = PcapWriter.from_bytes(data)
    value._read()
    return value
