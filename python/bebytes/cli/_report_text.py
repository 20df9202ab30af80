"""
Figures and names as words on the page of `bebytes bench report`.
"""

NONE = "—"
TIMES = "\u202f×"  # noqa: RUF001 (the sign that is meant, behind a narrow space that breaks no line)


def number(nanoseconds: float) -> str:
    """
    Three figures or all before the point, with separators; as the tables of `bebytes bench`.
    """
    return f"{nanoseconds:,.0f}" if nanoseconds >= 100 else f"{nanoseconds:.1f}"


def duration(nanoseconds: float) -> str:
    """
    Three figures and a unit.
    """
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0)):
        # What would be rounded up to 1,000 is given in the next unit.
        if nanoseconds >= size * 0.9995 or unit == "ns":
            amount = nanoseconds / size
            places = 0 if amount >= 99.95 else 1 if amount >= 9.995 else 2
            return f"{amount:.{places}f} {unit}"
    raise AssertionError


def tick(nanoseconds: float) -> str:
    """
    The label of a decade.
    """
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size * 0.99:
            return f"{nanoseconds / size:,.0f} {unit}"
    return f"{nanoseconds:g} ns"


def times(ratio: float) -> str:
    """
    A ratio with three figures, or all before the point.
    """
    if not ratio:
        return NONE
    places = 0 if ratio >= 100 else 1 if ratio >= 10 else 2
    return f"{ratio:,.{places}f}{TIMES}"


def pace(ratio: float) -> tuple[str, str]:
    """
    A rival's time over the subject's, as a figure of at least 1 and the word for its direction.
    """
    return (times(ratio), "faster than") if ratio >= 1 else (times(1 / ratio), "slower than")


def times_tick(ratio: float) -> str:
    """
    The label of a decade of ratios.
    """
    return f"{ratio:,g}{TIMES}"


def change(ratio: float) -> str:
    """
    A ratio of two runs, fine enough for small ones.
    """
    return f"{ratio:,.3f}{TIMES}"


def short(ratio: float) -> str:
    """
    A ratio for the script, or "" for none.
    """
    return f"{ratio:.6g}" if ratio else ""


def words(name: str) -> str:
    """
    The name of a group.
    """
    return name.replace("_", " ")
