"""
DNS responses, packed by hand: names are compressed as servers do it (RFC 1035, 4.1.4).
"""

import struct

_TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28}

RECORDS = 20


class _Writer:
    def __init__(self) -> None:
        self.out = bytearray()
        self._names: dict[str, int] = {}

    def name(self, text: str) -> None:
        """Labels up to a name that stands somewhere already, which is pointed to."""
        while text:
            if text in self._names:
                self.out += struct.pack(">H", 0xC000 | self._names[text])
                return
            self._names[text] = len(self.out)
            label, _, text = text.partition(".")
            self.out += bytes([len(label)]) + label.encode()
        self.out.append(0)

    def record(self, name: str, kind: str, *data: bytes | str) -> None:
        """A record whose data is bytes and names, given as text."""
        self.name(name)
        self.out += struct.pack(">HHIH", _TYPES[kind], 1, 300, 0)
        start = len(self.out)
        for part in data:
            if isinstance(part, str):
                self.name(part)
            else:
                self.out += part
        struct.pack_into(">H", self.out, start - 2, len(self.out) - start)


def response(number: int) -> bytes:
    """
    A response of 20 records: 8 answers, 4 for the authority, 8 additional ones.
    """
    zone = f"zone{number}.example"
    host = f"www.{zone}"
    write = _Writer()
    write.out += struct.pack(">6H", number * 997 & 0xFFFF, 0x8580, 1, 8, 4, 8)
    write.name(host)
    write.out += struct.pack(">HH", _TYPES["A"], 1)
    write.record(host, "CNAME", f"edge{number}.cdn.example")
    for i in range(4):
        write.record(f"edge{number}.cdn.example", "A", bytes([192, 0, number, i]))
    for i in range(2):
        write.record(zone, "MX", struct.pack(">H", 10 * i), f"mail{i}.{zone}")
    write.record(zone, "TXT", b"\x0fv=spf1 mx -all ", b"\x04%04d" % number)
    for i in range(3):
        write.record(zone, "NS", f"ns{i}.{zone}")
    write.record(zone, "SOA", f"ns0.{zone}", f"hostmaster.{zone}", struct.pack(">5I", number, 7200, 900, 86400, 300))
    for i in range(4):
        server = f"ns{i}.{zone}" if i < 3 else f"mail0.{zone}"
        write.record(server, "A", bytes([198, 51, number, i]))
        write.record(server, "AAAA", b"\x20\x01\x0d\xb8" + bytes(10) + bytes([number, i]))
    return bytes(write.out)
