"""
This package in plain Python.
"""

from bebytes.cli._layouts import Backend

layout = Backend("python").layout
