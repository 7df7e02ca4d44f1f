"""The command line, `dlcourse COMMAND`: one file for each kind of thing that people do with the course."""

import sys

import typer

from dlcourse.cli import author, collect, doctor, export, grade, gradebook, learner, practice, report
from dlcourse.cli.shared import Stop

#: All commands, in the order in which `dlcourse --help` lists them.
COMMANDS = (
    learner.start,
    learner.lab,
    doctor.doctor,
    learner.check,
    learner.progress,
    learner.reset,
    learner.reveal,
    collect.collect,
    grade.grade,
    report.report,
    gradebook.override,
    gradebook.mark,
    gradebook.history,
    export.export,
    export.gradescope,
    export.workflow,
    practice.demo_class,
    author.release,
    author.verify,
)

app = typer.Typer(
    help="dlcourse: a course on training neural networks, and its autograder.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in COMMANDS:
    app.command()(command)


def main() -> None:
    """Run a command; what is wrong with a call is one sentence on stderr and exit code 2."""
    from dlcourse.course import CourseError
    from dlcourse.grading.exercise import UsageError

    try:
        app()
    except (UsageError, CourseError, Stop) as error:
        print(f"dlcourse: {error}", file=sys.stderr)
        sys.exit(2)
    except PermissionError as error:
        print(f"dlcourse: no permission to write or read {error.filename}", file=sys.stderr)
        sys.exit(2)
