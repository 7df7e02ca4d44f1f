"""From the plain text of a docstring to reStructuredText that shows the same.

Docstrings here are written to be read in an editor: sentences, `code`, formulas with | and *, examples after >>>, and
tables and formulas set in by four spaces. What reStructuredText would take for markup of its own is escaped.
"""

import re

CODE = re.compile(r"(`[^`]+`)")
#: What stands three spaces apart in one line, such as a sentence and its formula, becomes lines of their own.
APART = re.compile(r" {3,}")
MARKUP = re.compile(r"([\\*|_])")
BULLET = re.compile(r"(?:[-*]|\d+\.) ")
#: What begins like this goes on until an empty line.
WHOLE = re.compile(rf">>> |{BULLET.pattern}")


def restructured(lines: list[str]) -> list[str]:
    r"""The lines of a docstring as reStructuredText.

    >>> print("\n".join(restructured(["Sum.   y = |x| + `b`", "", "    y <- y * 2"])))
    | Sum.
    | y = \|x\| + ``b``
    <BLANKLINE>
    ::
    <BLANKLINE>
        y <- y * 2
    <BLANKLINE>
    """
    return [line for block in blocks(lines) for line in [*shown(block), ""]]


def blocks(lines: list[str]) -> list[list[str]]:
    """Runs of lines of one kind: parted by empty lines, and text also where lines begin to be set in."""
    found: list[list[str]] = []
    before = ""
    for line in lines:
        if line.strip():
            if not before.strip() or (line[0] == " " != found[-1][0][0] and not WHOLE.match(found[-1][0])):
                found.append([])
            found[-1].append(line)
        before = line
    return found


def shown(block: list[str]) -> list[str]:
    """A block in reStructuredText: an example, what is set in, a list, or text."""
    first = block[0]
    if first.startswith(">>> "):
        return block
    if first.startswith(" "):
        return ["::", "", *block]
    if BULLET.match(first):
        return [line[:2] + escaped(line[2:]) for line in block]
    parts = [part for line in block for part in APART.split(line)]
    if len(parts) > len(block):
        return [f"| {escaped(part)}" for part in parts]
    return [escaped(line) for line in block]


def escaped(text: str) -> str:
    """Text with its code marked and everything else as it stands."""
    parts = CODE.split(text)
    return "".join(f"`{part}`" if CODE.fullmatch(part) else MARKUP.sub(r"\\\1", part) for part in parts)
