"""Running a question's checks, and what they found."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from dlcourse.checks.calls import NOT_ANSWERED
from dlcourse.checks.compare import same
from dlcourse.checks.expect import BrokenExercise, Leaning, Partial, Wrong, judging
from dlcourse.checks.question import Check, Question
from dlcourse.checks.student import Backend, NoAnswer, Student

#: The answers that a run of a check judged, in order.
Trace = list[Any]
#: What an answer is that was given and is not all right.
FAULTY = ("failed", "partial")
#: All that a hidden check says: what a learner's code writes into an error could be the inputs it was given.
HIDDEN = {
    "passed": "",
    "partial": "a hidden check: its inputs are not shown",
    "failed": "a hidden check: its inputs are not shown",
    "timeout": "a hidden check: your code took too long for its inputs and was stopped",
    "error": "a hidden check: your code ended Python itself (out of memory, or a call such as `exit`)",
    "not attempted": "",
}
#: The status of an answer that nobody has judged yet: a check cannot, a person will.
AWAITS_MARK = "awaits mark"


@dataclass(frozen=True)
class Case:
    """One run of one check: the whole check, or one of its cases with its share of the points."""

    check: Check
    value: Any
    number: int
    points: float

    @property
    def title(self) -> str:
        """The check's name, with the case it is about; of a hidden check's case, no more than what its author calls it."""
        if self.value is None:
            return self.check.name
        named = text_in(self.value) or (f"case {1 + self.number}" if self.check.hidden else str(self.value))
        return f"{self.check.name}: {named}"

    @property
    def key(self) -> str:
        """What tells this run from all others of its question."""
        return f"{self.check.name}/{self.number}"


def text_in(value: Any) -> str:
    """What an author calls a case: the value itself if it is a string, else the first string in it, else nothing."""
    parts = value if isinstance(value, tuple) else (value,)
    return next((part for part in parts if isinstance(part, str)), "")


def cases(check: Check) -> list[Case]:
    """The runs that a check asks for."""
    share = check.points / len(check.each)
    return [Case(check, value, i, share) for i, value in enumerate(check.each)]


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
        """`passed`, `not attempted`, `awaits mark`, `partial`, or the worst that befell a check: `timeout`, `error`, `failed`."""
        statuses = {check.status for check in self.checks}
        if len(statuses) == 1 and statuses <= {"passed", "not attempted", AWAITS_MARK}:
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
    return run_questions([question], backend, oracle, seed)[0]


def run_questions(
    questions: Sequence[Question], backend: Backend, oracle: Oracle, seed: int = 0
) -> list[QuestionResult]:
    """Run every check of these questions, the hidden ones last.

    A function that remembers the inputs of a hidden check then has no public check left in which to show them.
    """
    runs = [(question, case) for question in questions for check in question.checks for case in cases(check)]
    found = {
        (question.id, case.key): run_case(question, case, backend, oracle, seed)
        for question, case in sorted(runs, key=lambda run: run[1].check.hidden)
    }
    return [
        by_a_person(question)
        if question.manual
        else told_apart(
            question, [(case, *found[question.id, case.key]) for asked, case in runs if asked is question], oracle, seed
        )
        for question in questions
    ]


def by_a_person(question: Question, status: str = AWAITS_MARK, message: str = "") -> QuestionResult:
    """The result of a question that no check can judge: nothing yet, whatever stands there."""
    title = f"marked by a person: {question.manual:g} point{'' if question.manual == 1 else 's'}"
    check = CheckResult("marked by a person", title, question.manual, 0.0, status, message, hidden=False)
    return QuestionResult(question.id, question.title, (check,))


def told_apart(
    question: Question, runs: Sequence[tuple[Case, CheckResult, Trace]], oracle: Oracle, seed: int
) -> QuestionResult:
    """A question's result, with the known mistakes named that its answers equal."""
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
    fraction, status, message, told = 1.0, "passed", "", not check.hidden
    try:
        with judging() as judged:
            check.function(**{name: given[name] for name in check.arguments})
    except NoAnswer as error:
        fraction, status, message = 0.0, NOT_ANSWERED[error.answer.error], error.answer.message
    except Partial as error:
        fraction, status, message = error.fraction, "partial", str(error)
    except Leaning as error:  # our own sentence, which names no input
        fraction, status, message, told = 0.0, "failed", str(error), True
    except Wrong as error:
        fraction, status, message = 0.0, "failed", f"`{student.asked}`: {error}"
    except BrokenExercise:
        raise
    except Exception as error:  # the answer has a form that the check cannot use: verify proves the check itself sound
        fraction, status, message = 0.0, "failed", f"`{student.asked}`: the answer has an unexpected form ({error})"
    shown = message if told else HIDDEN[status]
    result = CheckResult(check.name, case.title, case.points, fraction * case.points, status, shown, check.hidden)
    return result, judged


def same_trace(one: Trace, other: Trace) -> bool:
    """Whether two runs of a check judged the same answers, at least one."""
    return 0 < len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
