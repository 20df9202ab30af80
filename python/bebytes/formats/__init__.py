"""
Definitions of well-known formats: to use, and to learn from.
"""
