# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, has-type"
"""
DNS as the compiler of Kaitai Struct writes it; see `_formats_kaitai.py`.
"""

from kaitaistruct import BytesIO, KaitaiStream, KaitaiStruct

from bebytes.formats.dns import LabelKind, Opcode, RecordClass, RecordType, ResponseCode


class Dns(KaitaiStruct):
    def __init__(self, _io, _parent=None, _root=None):
        super(Dns, self).__init__(_io)
        self._parent = _parent
        self._root = _root or self
        self._read()

    def _read(self):
        self.id = self._io.read_u2be()
        self.flags = Dns.Flags(self._io, self, self._root)
        self.qdcount = self._io.read_u2be()
        self.ancount = self._io.read_u2be()
        self.nscount = self._io.read_u2be()
        self.arcount = self._io.read_u2be()
        self.questions = []
        for i in range(self.qdcount):
            self.questions.append(Dns.Question(self._io, self, self._root))

        self.answers = []
        for i in range(self.ancount):
            self.answers.append(Dns.Record(self._io, self, self._root))

        self.authorities = []
        for i in range(self.nscount):
            self.authorities.append(Dns.Record(self._io, self, self._root))

        self.additionals = []
        for i in range(self.arcount):
            self.additionals.append(Dns.Record(self._io, self, self._root))

    def _fetch_instances(self):
        pass
        for i in range(len(self.questions)):
            pass
            self.questions[i]._fetch_instances()

        for i in range(len(self.answers)):
            pass
            self.answers[i]._fetch_instances()

        for i in range(len(self.authorities)):
            pass
            self.authorities[i]._fetch_instances()

        for i in range(len(self.additionals)):
            pass
            self.additionals[i]._fetch_instances()

    class Flags(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.Flags, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.qr = self._io.read_bits_int_be(1) != 0
            self.opcode = KaitaiStream.resolve_enum(Opcode, self._io.read_bits_int_be(4))
            self.aa = self._io.read_bits_int_be(1) != 0
            self.tc = self._io.read_bits_int_be(1) != 0
            self.rd = self._io.read_bits_int_be(1) != 0
            self.ra = self._io.read_bits_int_be(1) != 0
            self.z = self._io.read_bits_int_be(1) != 0
            self.ad = self._io.read_bits_int_be(1) != 0
            self.cd = self._io.read_bits_int_be(1) != 0
            self.rcode = KaitaiStream.resolve_enum(ResponseCode, self._io.read_bits_int_be(4))

    class Label(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.Label, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.kind = KaitaiStream.resolve_enum(LabelKind, self._io.read_bits_int_be(2))
            self.length = self._io.read_bits_int_be(6)
            if self.kind == LabelKind.TEXT:
                pass
                self.text = self._io.read_bytes(self.length)

            if self.kind == LabelKind.POINTER:
                pass
                self.low = self._io.read_u1()

        def _fetch_instances(self):
            pass
            if self.kind == LabelKind.TEXT:
                pass

            if self.kind == LabelKind.POINTER:
                pass

            _ = self.target
            if hasattr(self, "_m_target"):
                pass
                self._m_target._fetch_instances()

        @property
        def target(self):
            if hasattr(self, "_m_target"):
                return self._m_target

            if self.kind == LabelKind.POINTER:
                pass
                io = self._root._io
                _pos = io.pos()
                io.seek(self.length << 8 | self.low)
                self._m_target = Dns.Name(io, self, self._root)
                io.seek(_pos)

            return getattr(self, "_m_target", None)

    class Name(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.Name, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.labels = []
            i = 0
            while True:
                _ = Dns.Label(self._io, self, self._root)
                self.labels.append(_)
                if _.kind == LabelKind.POINTER or _.length == 0:
                    break
                i += 1

        def _fetch_instances(self):
            pass
            for i in range(len(self.labels)):
                pass
                self.labels[i]._fetch_instances()

    class Question(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.Question, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.qname = Dns.Name(self._io, self, self._root)
            self.qtype = KaitaiStream.resolve_enum(RecordType, self._io.read_u2be())
            self.qclass = KaitaiStream.resolve_enum(RecordClass, self._io.read_u2be())

        def _fetch_instances(self):
            pass
            self.qname._fetch_instances()

    class Record(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.Record, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.name = Dns.Name(self._io, self, self._root)
            self.rrtype = KaitaiStream.resolve_enum(RecordType, self._io.read_u2be())
            self.rrclass = KaitaiStream.resolve_enum(RecordClass, self._io.read_u2be())
            self.ttl = self._io.read_u4be()
            self.rdlength = self._io.read_u2be()
            _on = self.rrtype
            if _on == RecordType.A:
                pass
                self._raw_rdata = self._io.read_bytes(self.rdlength)
                _io__raw_rdata = KaitaiStream(BytesIO(self._raw_rdata))
                self.rdata = Dns.A(_io__raw_rdata, self, self._root)
            elif _on == RecordType.AAAA:
                pass
                self._raw_rdata = self._io.read_bytes(self.rdlength)
                _io__raw_rdata = KaitaiStream(BytesIO(self._raw_rdata))
                self.rdata = Dns.AAAA(_io__raw_rdata, self, self._root)
            elif _on == RecordType.CNAME:
                pass
                self._raw_rdata = self._io.read_bytes(self.rdlength)
                _io__raw_rdata = KaitaiStream(BytesIO(self._raw_rdata))
                self.rdata = Dns.CNAME(_io__raw_rdata, self, self._root)
            elif _on == RecordType.MX:
                pass
                self._raw_rdata = self._io.read_bytes(self.rdlength)
                _io__raw_rdata = KaitaiStream(BytesIO(self._raw_rdata))
                self.rdata = Dns.MX(_io__raw_rdata, self, self._root)
            elif _on == RecordType.NS:
                pass
                self._raw_rdata = self._io.read_bytes(self.rdlength)
                _io__raw_rdata = KaitaiStream(BytesIO(self._raw_rdata))
                self.rdata = Dns.NS(_io__raw_rdata, self, self._root)
            elif _on == RecordType.PTR:
                pass
                self._raw_rdata = self._io.read_bytes(self.rdlength)
                _io__raw_rdata = KaitaiStream(BytesIO(self._raw_rdata))
                self.rdata = Dns.PTR(_io__raw_rdata, self, self._root)
            elif _on == RecordType.SOA:
                pass
                self._raw_rdata = self._io.read_bytes(self.rdlength)
                _io__raw_rdata = KaitaiStream(BytesIO(self._raw_rdata))
                self.rdata = Dns.SOA(_io__raw_rdata, self, self._root)
            elif _on == RecordType.SRV:
                pass
                self._raw_rdata = self._io.read_bytes(self.rdlength)
                _io__raw_rdata = KaitaiStream(BytesIO(self._raw_rdata))
                self.rdata = Dns.SRV(_io__raw_rdata, self, self._root)
            elif _on == RecordType.TXT:
                pass
                self._raw_rdata = self._io.read_bytes(self.rdlength)
                _io__raw_rdata = KaitaiStream(BytesIO(self._raw_rdata))
                self.rdata = Dns.TXT(_io__raw_rdata, self, self._root)
            else:
                pass
                self.rdata = self._io.read_bytes(self.rdlength)

        def _fetch_instances(self):
            pass
            self.name._fetch_instances()
            _on = self.rrtype
            if _on == RecordType.A:
                pass
                self.rdata._fetch_instances()
            elif _on == RecordType.AAAA:
                pass
                self.rdata._fetch_instances()
            elif _on == RecordType.CNAME:
                pass
                self.rdata._fetch_instances()
            elif _on == RecordType.MX:
                pass
                self.rdata._fetch_instances()
            elif _on == RecordType.NS:
                pass
                self.rdata._fetch_instances()
            elif _on == RecordType.PTR:
                pass
                self.rdata._fetch_instances()
            elif _on == RecordType.SOA:
                pass
                self.rdata._fetch_instances()
            elif _on == RecordType.SRV:
                pass
                self.rdata._fetch_instances()
            elif _on == RecordType.TXT:
                pass
                self.rdata._fetch_instances()
            else:
                pass

    class A(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.A, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.address = self._io.read_bytes(4)

        def _fetch_instances(self):
            pass

    class AAAA(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.AAAA, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.address = self._io.read_bytes(16)

        def _fetch_instances(self):
            pass

    class CNAME(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.CNAME, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.cname = Dns.Name(self._io, self, self._root)

        def _fetch_instances(self):
            pass
            self.cname._fetch_instances()

    class NS(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.NS, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.nsdname = Dns.Name(self._io, self, self._root)

        def _fetch_instances(self):
            pass
            self.nsdname._fetch_instances()

    class PTR(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.PTR, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.ptrdname = Dns.Name(self._io, self, self._root)

        def _fetch_instances(self):
            pass
            self.ptrdname._fetch_instances()

    class MX(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.MX, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.preference = self._io.read_u2be()
            self.exchange = Dns.Name(self._io, self, self._root)

        def _fetch_instances(self):
            pass
            self.exchange._fetch_instances()

    class SOA(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.SOA, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.mname = Dns.Name(self._io, self, self._root)
            self.rname = Dns.Name(self._io, self, self._root)
            self.serial = self._io.read_u4be()
            self.refresh = self._io.read_u4be()
            self.retry = self._io.read_u4be()
            self.expire = self._io.read_u4be()
            self.minimum = self._io.read_u4be()

        def _fetch_instances(self):
            pass
            self.mname._fetch_instances()
            self.rname._fetch_instances()

    class SRV(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.SRV, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.priority = self._io.read_u2be()
            self.weight = self._io.read_u2be()
            self.port = self._io.read_u2be()
            self.target = Dns.Name(self._io, self, self._root)

        def _fetch_instances(self):
            pass
            self.target._fetch_instances()

    class TXT(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.TXT, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.strings = []
            i = 0
            while not self._io.is_eof():
                self.strings.append(Dns.CharacterString(self._io, self, self._root))
                i += 1

        def _fetch_instances(self):
            pass
            for i in range(len(self.strings)):
                pass
                self.strings[i]._fetch_instances()

    class CharacterString(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Dns.CharacterString, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.length = self._io.read_u1()
            self.text = self._io.read_bytes(self.length)

        def _fetch_instances(self):
            pass
