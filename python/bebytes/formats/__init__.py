"""
Definitions of well-known formats: to use, and to learn from.

Each module is imported by its name; nothing is imported with this one.

- `ccsds`: space packets and time codes (CCSDS 133.0-B-2, 301.0-B-4)
- `dns`: messages (RFC 1035 and its successors)
- `elf`: programs, libraries, object files and core dumps (ELF, 32 and 64 bits, both byte orders)
- `gzip`: members of gzip files (RFC 1952)
- `png`: images (PNG, third edition)
- `sfnt`, `sfnt_tables`, `sfnt_name`, `sfnt_cmap`, `sfnt_glyf`: fonts of TrueType and OpenType (OpenType 1.9.1)
- `sqlite`, `sqlite_database`: databases of SQLite, their pages, cells and records
- `terminfo`: compiled descriptions of terminals (term(5) of ncurses)
- `tzif`: time zones (RFC 9636)
- `wav`: sound (RIFF/WAVE)
- `zip`: archives (APPNOTE.TXT 6.3.10, with ZIP64)
"""
