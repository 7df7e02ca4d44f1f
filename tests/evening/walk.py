"""The walk through an evening as the README shows it: its commands, run in a folder of their own, and what they print.

In a ```console block a line that begins with `$ ` is a command (`> ` goes on with it); what follows is what it prints.
"""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
HEADING = "### An evening, rehearsed"
SECTION = re.compile(rf"^{HEADING}\n.*?(?=^##|\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
#: What differs from run to run and from machine to machine, and what the comparison sees instead.
MASKS = (
    (re.compile(r"\b\d+(\.\d+)? s\b"), "N s"),
    (re.compile(r"\b20\d\d-\d\d-\d\d \d\d:\d\d\b"), "DATE TIME"),
    (re.compile(r" +"), " "),
)
#: The longest that grading the class may take.
SECONDS = 120.0


@dataclass(frozen=True)
class Step:
    """A command, and what it prints."""

    command: str
    output: str


@dataclass(frozen=True)
class Done:
    """A command that has been run: what it printed, its exit code, what it said on stderr, and how long it took."""

    step: Step
    code: int
    stderr: str
    seconds: float


def section(readme: str) -> str:
    """The part of the README that is the walk."""
    found = SECTION.search(readme)
    assert found, f"the README has no section {HEADING!r}"
    return found[0]


def steps_in(block: str) -> list[Step]:
    """The commands of a block, each with what is shown below it.

    >>> steps_in("$ echo a \\\\\\n> b\\na b\\n$ true\\n")
    [Step(command='echo a \\\\\\nb', output='a b\\n'), Step(command='true', output='')]
    """
    steps: list[Step] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append(Step(line[2:], ""))
        elif line.startswith("> ") or line == ">":
            steps[-1] = Step(f"{steps[-1].command}\n{line[2:]}", "")
        else:
            steps[-1] = Step(steps[-1].command, f"{steps[-1].output}{line}\n")
    return steps


def shown(steps: list[Step]) -> str:
    """The commands as a block shows them."""
    return "".join(
        "$ " + step.command.replace("\n", "\n> ").replace("> \n", ">\n") + "\n" + step.output for step in steps
    )


def walk(readme: str, folder: Path) -> Iterator[Done]:
    """Run all commands of the walk in a folder, one after the other."""
    environment = surroundings(folder / ".bin")
    for block in BLOCK.findall(section(readme)):
        for step in steps_in(block):
            start = time.perf_counter()
            done = subprocess.run(
                ["bash", "-c", step.command], cwd=folder, env=environment, capture_output=True, text=True, timeout=600
            )
            output = "\n".join(line.rstrip() for line in done.stdout.splitlines())
            printed = Step(step.command, output + "\n" if output else "")
            yield Done(printed, done.returncode, done.stderr, time.perf_counter() - start)


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of the commands: `dlcourse` is that of this Python, and the terminal is as wide as a page."""
    folder.mkdir()
    script = folder / "dlcourse"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m dlcourse.cli "$@"\n')
    script.chmod(0o755)
    own = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "110", "TZ": "UTC", "LOGNAME": "instructor"}
    return os.environ | own | {"NO_COLOR": "1", "OPENBLAS_NUM_THREADS": "1"}


def masked(output: str) -> str:
    """What a command printed, without what may differ."""
    for pattern, mask in MASKS:
        output = pattern.sub(mask, output)
    return output


def rewritten(readme: str, done: list[Done]) -> str:
    """The README with what the commands have printed now."""
    left = [one.step for one in done]

    def block(found: re.Match[str]) -> str:
        count = len(steps_in(found[0]))
        own, left[:count] = left[:count], []
        return shown(own)

    return SECTION.sub(lambda found: BLOCK.sub(block, found[0]), readme)
