"""
Print the plan of a struct as a query planner would: where each field lies, what is dynamic, how it is loaded and checked.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bebytes._plan import Plan

HELP = "print the plan of a struct: offsets, sizes, loads, bounds checks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """
    The options of the verb.
    """
    parser.add_argument("target", metavar="MODULE:CLASS", help="the struct: a module's name or the path of a .py file")
    parser.add_argument("--byteorder", choices=("big", "little"), default="big", help="big is the default")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write it to FILE as well")


def run(arguments: argparse.Namespace) -> int:
    """
    Do what the options say.
    """
    from ._explain_text import text
    from ._files import unwritable, write_whole
    from ._target import Refused, load

    try:
        if arguments.json is not None and (reason := unwritable(arguments.json)):
            raise Refused(f"--json {arguments.json}: {reason}")
        facts = _facts(load(arguments.target), arguments)
    except Refused as e:
        print(f"bebytes explain: {e}", file=sys.stderr)
        return 2
    _print(text(facts))
    if arguments.json is not None:
        try:
            write_whole(arguments.json, json.dumps(facts, indent=1) + "\n")
        except OSError as e:
            print(f"bebytes explain: --json {arguments.json}: {e.strerror}", file=sys.stderr)
            return 2
        print(f"written: {arguments.json}")
    return 0


def _facts(cls: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    from bebytes._schema import schema_of
    from bebytes.errors import SchemaError

    from . import _explain_facts, installed_version
    from ._target import Refused

    try:
        plan: Plan = schema_of(cls).plan(arguments.byteorder)
    except SchemaError as e:
        raise Refused(str(e)) from None
    return {
        "form": 1,
        "bebytes": installed_version(),
        "target": arguments.target,
        "byteorder": arguments.byteorder,
        "plan": _explain_facts.of_plan(plan),
        "native": _native(cls, plan, arguments.byteorder),
        "python": {"ops": _count_ops(plan), "checks": _explain_facts.checks_of_python(plan)},
    }


def _native(cls: Any, plan: "Plan", byteorder: str) -> dict[str, Any]:
    from bebytes import available_backends
    from bebytes._backend import runner

    from . import _explain_facts

    if "native" not in available_backends():
        kept_out = os.environ.get("BEBYTES_BACKEND") == "python"
        return {"absent": "BEBYTES_BACKEND=python keeps it out" if kept_out else "the extension is not installed"}
    if not plan.plain:
        return {"general": True}
    codec: Any = runner(cls, byteorder, "native")
    native = _explain_facts.of_native(codec.explain(), plan)
    return {**native, "checks": _explain_facts.checks_of_native(native)}


def _count_ops(plan: "Plan") -> int:
    """
    The ops of a plan and of the plans inside it, wherever they stand.
    """
    from bebytes._plan import List, Record

    from . import _explain_facts

    count = 0
    for op in plan.ops:
        node: Any = _explain_facts.held(op.node)
        while isinstance(node, List):
            node = _explain_facts.held(node.item)
        count += 1 + (_count_ops(node.plan) if isinstance(node, Record) else 0)
    return count


def _print(text: str) -> None:
    try:
        print(text)
    except UnicodeEncodeError:
        # The characters that draw; on a terminal without them, others do.
        print(text.translate({ord("─"): "-", ord("…"): "..."}))
