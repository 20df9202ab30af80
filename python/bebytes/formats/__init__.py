"""
Definitions of well-known formats: to use, and to learn from.

Each module is imported by its name; nothing is imported with this one.

- `elf`: programs, libraries, object files and core dumps (ELF, 32 and 64 bits, both byte orders)
- `gzip`: members of gzip files (RFC 1952)
- `png`: images (PNG, third edition)
- `wav`: sound (RIFF/WAVE)
- `zip`: archives (APPNOTE.TXT 6.3.10, with ZIP64)
"""
