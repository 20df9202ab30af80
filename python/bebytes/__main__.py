"""
`python -m bebytes` is the command `bebytes`.
"""

import sys

from .cli import main

sys.exit(main())
