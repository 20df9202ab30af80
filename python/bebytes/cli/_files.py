"""
Files that stand whole or not at all: a run that is broken off leaves no half of one, nor does a full disk.
"""

import os
import tempfile
from pathlib import Path

__all__ = ["unwritable", "write_whole"]


def unwritable(path: Path) -> str:
    """
    Why no file can stand at a path, or ""; asked before what takes long.
    """
    if path.is_dir():
        return "this is a folder"
    if path.exists() and not path.is_file():
        return "this is no file, and would be replaced by one"
    return "" if path.absolute().parent.is_dir() else "there is no such folder"


def write_whole(path: Path, text: str) -> None:
    """
    Write a file aside, then put it in its place; where that is a link, in the place of what it leads to.

    Raises:
        OSError: the folder is not there, or takes no file.
    """
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        # It is in its place already where the interruption came behind that.
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
