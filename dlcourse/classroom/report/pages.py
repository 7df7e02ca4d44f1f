"""The templates of all pages, and how they write numbers and times."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from dlcourse.checks.report import SIGNS, code_spans, for_reading, points

if TYPE_CHECKING:
    import jinja2

#: Not the system's names, which are in its own language.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
#: A space that no line is broken at.
FIXED = "\N{NO-BREAK SPACE}"


def percent(share: float) -> str:
    r"""A share as people write it, never rounded to all or nothing unless it is.

    >>> percent(0.5), percent(0.999), percent(1.0)
    ('50\xa0%', '99\xa0%', '100\xa0%')
    """
    rounded = round(100 * share)
    if 0 < share < 1:
        rounded = min(99, max(1, rounded))
    return f"{rounded}{FIXED}%"


def moment(when: datetime) -> str:
    """A time with its zone.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 3, 6, 22, 5, tzinfo=UTC))
    '6 March 2026, 22:05 (UTC)'
    """
    return f"{when.day} {MONTHS[when.month - 1]} {when:%Y, %H:%M} ({when.tzname() or 'local time'})"


def several(number: float, what: str) -> str:
    """A number of things.

    >>> several(1, "point"), several(2.5, "point")
    ('1 point', '2.5 points')
    """
    return f"{points(number)} {what}{'' if points(number) == '1' else 's'}"


@cache
def template(name: str) -> "jinja2.Template":
    """A template, read once: that takes longer than filling in a hundred."""
    import jinja2
    import markupsafe

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("dlcourse.classroom"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "points": points,
        "percent": percent,
        "moment": moment,
        "several": several,
        "code_spans": lambda text: markupsafe.Markup(code_spans(text)),
    }
    environment.globals |= {"signs": SIGNS, "for_reading": for_reading}
    return environment.get_template(name)
