"""Running a question's checks, and what they found."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from dlcourse.checks.calls import NOT_ANSWERED
from dlcourse.checks.compare import same
from dlcourse.checks.expect import Partial, Wrong, judging
from dlcourse.checks.question import Check, Question
from dlcourse.checks.student import Backend, NoAnswer, Student

#: The answers that a run of a check judged, in order.
Trace = list[Any]
#: What an answer is that was given and is not all right.
FAULTY = ("failed", "partial")


class BrokenExercise(RuntimeError):
    """The exercise itself is at fault, not an answer: nobody's points may depend on it."""


@dataclass(frozen=True)
class Case:
    """One run of one check: the whole check, or one of its cases with its share of the points."""

    check: Check
    value: Any
    key: str
    points: float

    @property
    def title(self) -> str:
        """The check's name, with the case it is about."""
        return self.check.name if self.value is None else f"{self.check.name}: {label(self.value)}"


def label(value: Any) -> str:
    """A case in a word: a string as it is, else the first string in it, else its repr."""
    if isinstance(value, tuple):
        return next((v for v in value if isinstance(v, str)), repr(value))
    return str(value)


def cases(check: Check) -> list[Case]:
    """The runs that a check asks for."""
    share = check.points / len(check.each)
    return [Case(check, value, f"{check.name}/{i}", share) for i, value in enumerate(check.each)]


class Oracle(Protocol):
    """What a run of checks compares with: the solution's answers, live or recorded, and the known mistakes' traces."""

    def solution(self, question: Question, case: Case) -> Any:
        """The `solution` for one run of a check."""

    def mistakes(self, question: Question, case: Case, seed: int) -> Mapping[str, Trace]:
        """By name: the trace that each known mistake leaves in this run of a check, if it fails there."""

    def hint(self, question: Question, mistake: str) -> str:
        """The hint of a known mistake."""


@dataclass(frozen=True)
class CheckResult:
    """What one run of a check found: `name` is the check's, `title` names the case as well, `message` is for the learner."""

    name: str
    title: str
    points: float
    score: float
    status: str
    message: str
    hidden: bool
    mistake: str = ""
    hint: str = ""


@dataclass(frozen=True)
class QuestionResult:
    """What a question's checks found together."""

    id: str
    title: str
    checks: tuple[CheckResult, ...]

    @property
    def score(self) -> float:
        """Points earned."""
        return round(sum(check.score for check in self.checks), 9)

    @property
    def max_score(self) -> float:
        """Points to be had in the checks that were run."""
        return round(sum(check.points for check in self.checks), 9)

    @property
    def status(self) -> str:
        """`passed`, `not attempted`, `partial`, or the worst that befell a check: `timeout`, `error`, `failed`."""
        statuses = {check.status for check in self.checks}
        if len(statuses) == 1 and statuses <= {"passed", "not attempted"}:
            return statuses.pop()
        for trouble in ("timeout", "error"):
            if trouble in statuses:
                return trouble
        return "partial" if self.score > 0 else "failed"

    @property
    def mistake(self) -> str:
        """The known mistake that most of the failing checks recognise, or nothing."""
        names = [check.mistake for check in self.checks if check.mistake]
        return max(names, key=names.count, default="")


def run_question(question: Question, backend: Backend, oracle: Oracle, seed: int = 0) -> QuestionResult:
    """Run every check of a question, and name the known mistakes among the answers."""
    runs = [
        (case, *run_case(question, case, backend, oracle, seed)) for check in question.checks for case in cases(check)
    ]
    seen = {
        case.key: [name for name, trace in oracle.mistakes(question, case, seed).items() if same_trace(trace, left)]
        for case, result, left in runs
        if result.status in FAULTY
    }
    votes = [name for names in seen.values() for name in names]
    results = []
    for case, result, _ in runs:
        mistake = max(seen.get(case.key, []), key=votes.count, default="")
        hint = oracle.hint(question, mistake) if mistake else ""
        results.append(CheckResult(**{**vars(result), "mistake": mistake, "hint": hint}))
    return QuestionResult(question.id, question.title, tuple(results))


def run_case(question: Question, case: Case, backend: Backend, oracle: Oracle, seed: int) -> tuple[CheckResult, Trace]:
    """Run one case of a check; its result, and the answers that it judged."""
    check = case.check
    student = Student(question, backend, no_overflow=check.no_overflow, seconds=check.seconds)
    rng = np.random.default_rng([seed, zlib.crc32(f"{question.id}/{case.key}".encode())])
    given = {"student": student, "solution": oracle.solution(question, case), "case": case.value, "rng": rng}
    fraction, status, message = 1.0, "passed", ""
    try:
        with judging() as judged:
            check.function(**{name: given[name] for name in check.arguments})
    except NoAnswer as error:
        fraction, status, message = 0.0, NOT_ANSWERED[error.answer.error], error.answer.message
    except Partial as error:
        fraction, status, message = error.fraction, "partial", str(error)
    except Wrong as error:
        fraction, status, message = 0.0, "failed", f"`{student.asked}`: {error}"
    except BrokenExercise:
        raise
    except Exception as error:  # the answer has a form that the check cannot use: verify proves the check itself sound
        fraction, status, message = 0.0, "failed", f"`{student.asked}`: the answer has an unexpected form ({error})"
    if check.hidden and status in FAULTY:
        message = "a hidden check: its inputs are not shown"
    return CheckResult(
        check.name, case.title, case.points, fraction * case.points, status, message, check.hidden
    ), judged


def same_trace(one: Trace, other: Trace) -> bool:
    """Whether two runs of a check judged the same answers, at least one."""
    return 0 < len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
