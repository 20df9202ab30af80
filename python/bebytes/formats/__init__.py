"""
Definitions of well-known formats: to use, and to learn from.

Each module is imported by its name; nothing is imported with this one.

- `ccsds`: space packets and time codes (CCSDS 133.0-B-2, 301.0-B-4)
- `dns`: messages (RFC 1035 and its successors), `dns_records`: what their records hold
- `elf`: programs, libraries, object files and core dumps (ELF, 32 and 64 bits, both byte orders)
- `ethernet`: frames (IEEE 802.3), VLAN tags (IEEE 802.1Q), ARP (RFC 826)
- `gzip`: members of gzip files (RFC 1952)
- `icmp`, `icmpv6`: messages (RFC 792; RFC 4443, RFC 4861)
- `ip`: packets of IPv4 and IPv6 with their options and headers (RFC 791, RFC 8200)
- `netlink`: links, addresses and routes of Linux, asked of its kernel (RFC 3549); `netlink_links`, `netlink_addresses`
- `pcap`, `pcapng`: captures of packets (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng); `pcapng_options`
- `png`: images (PNG, third edition)
- `sfnt`, `sfnt_tables`, `sfnt_name`, `sfnt_cmap`, `sfnt_glyf`: fonts of TrueType and OpenType (OpenType 1.9.1)
- `sqlite`, `sqlite_database`: databases of SQLite, their pages, cells and records
- `tcp`, `udp`: segments and datagrams (RFC 9293, RFC 768)
- `terminfo`: compiled descriptions of terminals (term(5) of ncurses)
- `tzif`: time zones (RFC 9636)
- `wav`: sound (RIFF/WAVE)
- `zip`: archives (APPNOTE.TXT 6.3.10, with ZIP64)
"""
