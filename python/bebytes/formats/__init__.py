"""
Definitions of real formats, to use and to learn from.
"""
