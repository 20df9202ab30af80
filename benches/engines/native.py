"""
This package with the Rust extension.
"""

from bebytes.cli._layouts import Backend

layout = Backend("native").layout
