# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, has-type"
"""
PNG as the compiler of Kaitai Struct writes it; see `_formats_kaitai.py`.
"""

import kaitaistruct
from kaitaistruct import BytesIO, KaitaiStream, KaitaiStruct

from bebytes.formats.png import ColourType, Intent, Interlace, Kind, Unit


class Png(KaitaiStruct):
    def __init__(self, _io, _parent=None, _root=None):
        super(Png, self).__init__(_io)
        self._parent = _parent
        self._root = _root or self
        self._read()

    def _read(self):
        self.signature = self._io.read_bytes(8)
        if not self.signature == b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a":
            raise kaitaistruct.ValidationNotEqualError(
                b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a", self.signature, self._io, "/seq/0"
            )
        self.header = Png.Header(self._io, self, self._root)
        self.chunks = []
        i = 0
        while True:
            _ = Png.Chunk(self._io, self, self._root)
            self.chunks.append(_)
            if _.kind == Kind.IEND:
                break
            i += 1

    class Header(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.Header, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.length = self._io.read_u4be()
            if not self.length == 13:
                raise kaitaistruct.ValidationNotEqualError(13, self.length, self._io, "/types/header/seq/0")
            self.kind = self._io.read_bytes(4)
            if not self.kind == b"\x49\x48\x44\x52":
                raise kaitaistruct.ValidationNotEqualError(
                    b"\x49\x48\x44\x52", self.kind, self._io, "/types/header/seq/1"
                )
            self.width = self._io.read_u4be()
            self.height = self._io.read_u4be()
            self.bit_depth = self._io.read_u1()
            self.colour_type = KaitaiStream.resolve_enum(ColourType, self._io.read_u1())
            self.compression = self._io.read_u1()
            self.filter = self._io.read_u1()
            self.interlace = KaitaiStream.resolve_enum(Interlace, self._io.read_u1())
            self.crc = self._io.read_u4be()

    class Chunk(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.Chunk, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.length = self._io.read_u4be()
            self.kind = KaitaiStream.resolve_enum(Kind, self._io.read_u4be())
            _on = self.kind
            if _on == Kind.IDAT:
                pass
                self._raw_body = self._io.read_bytes(self.length)
                _io__raw_body = KaitaiStream(BytesIO(self._raw_body))
                self.body = Png.ImageData(_io__raw_body, self, self._root)
            elif _on == Kind.IEND:
                pass
                self._raw_body = self._io.read_bytes(self.length)
                _io__raw_body = KaitaiStream(BytesIO(self._raw_body))
                self.body = Png.End(_io__raw_body, self, self._root)
            elif _on == Kind.PLTE:
                pass
                self._raw_body = self._io.read_bytes(self.length)
                _io__raw_body = KaitaiStream(BytesIO(self._raw_body))
                self.body = Png.Palette(_io__raw_body, self, self._root)
            elif _on == Kind.bKGD:
                pass
                self._raw_body = self._io.read_bytes(self.length)
                _io__raw_body = KaitaiStream(BytesIO(self._raw_body))
                self.body = Png.Background(_io__raw_body, self, self._root)
            elif _on == Kind.cHRM:
                pass
                self._raw_body = self._io.read_bytes(self.length)
                _io__raw_body = KaitaiStream(BytesIO(self._raw_body))
                self.body = Png.Chromaticities(_io__raw_body, self, self._root)
            elif _on == Kind.gAMA:
                pass
                self._raw_body = self._io.read_bytes(self.length)
                _io__raw_body = KaitaiStream(BytesIO(self._raw_body))
                self.body = Png.Gamma(_io__raw_body, self, self._root)
            elif _on == Kind.pHYs:
                pass
                self._raw_body = self._io.read_bytes(self.length)
                _io__raw_body = KaitaiStream(BytesIO(self._raw_body))
                self.body = Png.PhysicalDimensions(_io__raw_body, self, self._root)
            elif _on == Kind.sRGB:
                pass
                self._raw_body = self._io.read_bytes(self.length)
                _io__raw_body = KaitaiStream(BytesIO(self._raw_body))
                self.body = Png.StandardRgb(_io__raw_body, self, self._root)
            elif _on == Kind.tEXt:
                pass
                self._raw_body = self._io.read_bytes(self.length)
                _io__raw_body = KaitaiStream(BytesIO(self._raw_body))
                self.body = Png.Text(_io__raw_body, self, self._root)
            elif _on == Kind.tIME:
                pass
                self._raw_body = self._io.read_bytes(self.length)
                _io__raw_body = KaitaiStream(BytesIO(self._raw_body))
                self.body = Png.ModificationTime(_io__raw_body, self, self._root)
            else:
                pass
                self.body = self._io.read_bytes(self.length)
            self.crc = self._io.read_u4be()

    class Colour(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.Colour, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.red = self._io.read_u1()
            self.green = self._io.read_u1()
            self.blue = self._io.read_u1()

    class Palette(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.Palette, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.colours = []
            i = 0
            while not self._io.is_eof():
                self.colours.append(Png.Colour(self._io, self, self._root))
                i += 1

    class ImageData(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.ImageData, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.data = self._io.read_bytes_full()

    class End(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.End, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            pass

    class GreySample(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.GreySample, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.grey = self._io.read_u2be()

    class RgbSample(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.RgbSample, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.red = self._io.read_u2be()
            self.green = self._io.read_u2be()
            self.blue = self._io.read_u2be()

    class PaletteIndex(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.PaletteIndex, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.index = self._io.read_u1()

    class Background(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.Background, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            _on = self._root.header.colour_type
            if _on == ColourType.GREYSCALE:
                pass
                self.value = Png.GreySample(self._io, self, self._root)
            elif _on == ColourType.GREYSCALE_ALPHA:
                pass
                self.value = Png.GreySample(self._io, self, self._root)
            elif _on == ColourType.INDEXED:
                pass
                self.value = Png.PaletteIndex(self._io, self, self._root)
            elif _on == ColourType.TRUECOLOUR:
                pass
                self.value = Png.RgbSample(self._io, self, self._root)
            elif _on == ColourType.TRUECOLOUR_ALPHA:
                pass
                self.value = Png.RgbSample(self._io, self, self._root)

    class Chromaticities(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.Chromaticities, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.white_x = self._io.read_u4be()
            self.white_y = self._io.read_u4be()
            self.red_x = self._io.read_u4be()
            self.red_y = self._io.read_u4be()
            self.green_x = self._io.read_u4be()
            self.green_y = self._io.read_u4be()
            self.blue_x = self._io.read_u4be()
            self.blue_y = self._io.read_u4be()

    class Gamma(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.Gamma, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.gamma = self._io.read_u4be()

    class StandardRgb(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.StandardRgb, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.intent = KaitaiStream.resolve_enum(Intent, self._io.read_u1())

    class PhysicalDimensions(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.PhysicalDimensions, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.x = self._io.read_u4be()
            self.y = self._io.read_u4be()
            self.unit = KaitaiStream.resolve_enum(Unit, self._io.read_u1())

    class ModificationTime(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.ModificationTime, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.year = self._io.read_u2be()
            self.month = self._io.read_u1()
            self.day = self._io.read_u1()
            self.hour = self._io.read_u1()
            self.minute = self._io.read_u1()
            self.second = self._io.read_u1()

    class Text(KaitaiStruct):
        def __init__(self, _io, _parent=None, _root=None):
            super(Png.Text, self).__init__(_io)
            self._parent = _parent
            self._root = _root
            self._read()

        def _read(self):
            self.keyword = (self._io.read_bytes_term(0, False, True, True)).decode("ISO-8859-1")
            self.text = (self._io.read_bytes_full()).decode("ISO-8859-1")
