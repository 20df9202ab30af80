"""
MODULE:CLASS on the command line: the struct that is meant.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from bebytes import Struct


class Refused(Exception):
    """
    The command cannot do what was asked; the text says what to write instead.
    """


def load(text: str) -> Any:
    """
    The class that `MODULE:CLASS` names: a module's name or the path of a `.py` file; nested classes with dots.

    Raises:
        Refused: there is no such module or struct; the text lists the structs that the module has.
    """
    where, colon, name = text.rpartition(":")
    if not colon or name.endswith(".py"):
        where, name = text, ""
    module = _from_file(Path(where)) if where.endswith(".py") else _by_name(where)
    found: Any = module
    for step in name.split("."):
        found = getattr(found, step, None)
    if isinstance(found, type) and issubclass(found, Struct) and found is not Struct:
        return found
    known = ", ".join(structs(module))
    if not name:
        raise Refused(
            f"{text}: write MODULE:CLASS; {f'the structs of {where} are {known}' if known else 'it has none'}"
        )
    what = f"no struct is called {name} in {where}" if found is None else f"{name} in {where} is no struct"
    there = f"the structs there are {known}" if known else "there are no structs of its own"
    raise Refused(f"{text}: {what}; {there}")


def structs(module: ModuleType) -> list[str]:
    """
    The structs of a module by name, those nested in other classes with dots; imported ones where it has none of its own.
    """
    here = list(_structs(vars(module), "", module.__name__))
    return here or list(_structs(vars(module), "", None))


def _structs(names: Any, prefix: str, home: str | None) -> Iterator[str]:
    for name, value in list(names.items()):
        if not isinstance(value, type) or value is Struct or (home is not None and value.__module__ != home):
            continue
        if issubclass(value, Struct):
            yield prefix + name
        if home is not None:
            yield from _structs(vars(value), f"{prefix}{name}.", home)


def _by_name(name: str) -> ModuleType:
    if not name or not all(step.isidentifier() for step in name.split(".")):
        raise Refused(f"{name or '(nothing)'}: neither the name of a module nor the path of a .py file")
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as e:
        if e.name is not None and (name == e.name or name.startswith(f"{e.name}.")):
            raise Refused(f"{name}: there is no module of this name, here or installed") from None
        raise Refused(_broken(name, e)) from e
    except (Exception, SystemExit) as e:
        raise Refused(_broken(name, e)) from e


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise Refused(f"{path}: there is no such file")
    # Not the bare stem, which may be the name of a module that others import.
    name = f"bebytes_target_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise Refused(f"{path}: no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    folder = str(path.absolute().parent)
    if folder not in sys.path:
        # It may import its neighbours, as it may where Python runs it.
        sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as e:
        del sys.modules[name]
        raise Refused(_broken(str(path), e)) from e
    return module


def _broken(name: str, error: BaseException) -> str:
    return f"{name}: cannot be imported: {type(error).__name__}: {error}"
