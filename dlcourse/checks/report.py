"""What a learner reads after a check: the same words as HTML in a notebook and as text in a terminal."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from dlcourse.checks.run import AWAITS_MARK, CheckResult, QuestionResult

#: status -> (sign, colour of the sign on white, the word beside it): never the colour alone.
SIGNS = {
    "passed": ("✓", "#0b6e4f", "passed"),
    "partial": ("◐", "#8a5a00", "in part"),
    "failed": ("✗", "#b3261e", "not yet"),
    "error": ("✗", "#b3261e", "error"),
    "timeout": ("✗", "#b3261e", "too slow"),
    "not attempted": ("○", "#5f6368", "not attempted"),
    AWAITS_MARK: ("✎", "#0b5394", "awaits mark"),
}
#: Where the sign, or the check's own title, says it all.
SAID = ("passed", AWAITS_MARK)

#: Words between stars, as an author stresses them in a hint; not a product.
EMPHASIS = re.compile(r"(?<![\w*])\*([^\s*](?:[^*]*[^\s*])?)\*(?![\w*])")


def points(value: float) -> str:
    """Points as people write them.

    >>> points(2.0), points(0.5), points(1 / 3)
    ('2', '0.5', '0.33')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Report:
    """The results of one or more questions, for a reader."""

    results: Sequence[QuestionResult]
    hidden: Mapping[str, Sequence[tuple[str, float]]]

    @property
    def score(self) -> float:
        """Points earned in the checks that were run."""
        return sum(result.score for result in self.results)

    @property
    def max_score(self) -> float:
        """Points to be had in the checks that were run; not those that wait for a person."""
        return sum(result.max_score for result in self.results) - self.awaited

    @property
    def awaited(self) -> float:
        """Points that a person has still to give or keep."""
        return sum(result.max_score for result in self.results if result.status == AWAITS_MARK)

    @property
    def together(self) -> str:
        """The sum of several questions in a sentence."""
        later = f"; {points(self.awaited)} more are given by a person" if self.awaited else ""
        return f"Together: {points(self.score)} of {points(self.max_score)} points{later}"

    def later(self, id: str) -> str:
        """A sentence on the checks that run only when the exercise is graded."""
        checks = self.hidden.get(id, ())
        if not checks:
            return ""
        total = points(sum(each for _, each in checks))
        worth = f"({total} point{'' if total == '1' else 's'})"
        if len(checks) == 1:
            return f"1 hidden check {worth} runs when it is graded"
        return f"{len(checks)} hidden checks {worth} run when it is graded"

    def __repr__(self) -> str:
        lines: list[str] = []
        for result in self.results:
            lines.append(f"{result.id}  {result.title}{earned(result)}")
            lines += [line for check in for_reading(result.checks) for line in text_lines(check)]
            if later := self.later(result.id):
                lines.append(f"    {later}")
        if len(self.results) > 1:
            lines.append(self.together)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        body = "".join(self.html(result) for result in self.results)
        if len(self.results) > 1:
            body += f"<p><strong>{self.together}</strong></p>"
        return f'<div style="max-width: 46rem; line-height: 1.45">{body}</div>'

    def html(self, result: QuestionResult) -> str:
        """One question as HTML."""
        rows = "".join(f"<li style='margin: .25rem 0'>{html_line(check)}</li>" for check in for_reading(result.checks))
        later = self.later(result.id)
        return (
            f"<p style='margin: .4rem 0 .2rem'><strong>{escape(result.id)} · {escape(result.title)}</strong>"
            f"{earned(result)}</p>"
            f"<ul style='list-style: none; padding-left: .5rem; margin: 0'>{rows}"
            + (f"<li style='opacity: .75; margin: .25rem 0'>{later}.</li>" if later else "")
            + "</ul>"
        )


def earned(result: QuestionResult) -> str:
    """The end of a question's heading: its points, where there is something to say of them."""
    if result.status == AWAITS_MARK:
        return ""
    return f": {points(result.score)} of {points(result.max_score)} points"


def for_reading(checks: Sequence[CheckResult]) -> Sequence[CheckResult]:
    """The checks with nothing said twice.

    One line where nothing was attempted, one for a check whose cases all passed, and each sentence where it first applies.
    """
    if {check.status for check in checks} == {"not attempted"}:
        return checks[:1]
    trouble = {check.name for check in checks if check.status != "passed"}
    told: set[str] = set()
    shown: list[CheckResult] = []
    for check in checks:
        if check.name in trouble:
            hint, message = ("" if text in told else text for text in (check.hint, check.message))
            shown.append(replace(check, hint=hint, message=message))
            told |= {check.hint, check.message}
        elif check.name not in told:
            shown.append(replace(check, title=check.name))
            told.add(check.name)
    return shown


def text_lines(check: CheckResult) -> list[str]:
    """One check as lines of text."""
    sign, _, word = SIGNS[check.status]
    if check.status == "not attempted":
        return [f"  {sign} {word}: {check.message or 'write your answer in place of `raise NotImplementedError()`'}"]
    lines = [f"  {sign} {check.title}" + ("" if check.status in SAID else f": {word}")]
    if check.message:
        lines.append(f"      {check.message}")
    if check.hint:
        lines.append(f"      Likely mistake: {check.hint}")
    return lines


def html_line(check: CheckResult) -> str:
    """One check as the inside of a list item."""
    sign, colour, word = SIGNS[check.status]
    mark = f"<span style='color: {colour}; background: #fff; border-radius: 3px; padding: 0 .25rem; font-weight: 700'>{sign}</span>"
    if check.status == "not attempted":
        return f"{mark} {word}: {escape(check.message) or 'write your answer in place of <code>raise NotImplementedError()</code>'}"
    parts = [f"{mark} {escape(check.title)}" + ("" if check.status in SAID else f": <em>{word}</em>")]
    if check.message:
        parts.append(f"<div style='margin-left: 1.6rem'>{code_spans(check.message)}</div>")
    if check.hint:
        parts.append(
            "<div style='margin-left: 1.6rem; border-left: 3px solid #0072b2; padding-left: .6rem'>"
            f"<strong>Likely mistake:</strong> {code_spans(check.hint)}</div>"
        )
    return "".join(parts)


def code_spans(text: str) -> str:
    """Text as HTML, with `backticks` as code and *stars* as emphasis.

    >>> code_spans("use `a < b`, *not* a > b; 2 * 3 * 4 stays")
    'use <code>a &lt; b</code>, <em>not</em> a &gt; b; 2 * 3 * 4 stays'
    """
    pieces = escape(text, quote=False).split("`")
    if len(pieces) % 2 == 0:
        return EMPHASIS.sub(r"<em>\1</em>", "`".join(pieces))
    return "".join(
        f"<code>{piece}</code>" if i % 2 else EMPHASIS.sub(r"<em>\1</em>", piece) for i, piece in enumerate(pieces)
    )
