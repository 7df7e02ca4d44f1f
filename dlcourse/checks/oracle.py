"""Where expected answers come from: the master's own functions, or the numbers recorded from them at release.

An author's machine and the grader hold the solution, so they ask it (`LiveOracle`). A learner's copy of the course holds
only numbers (`RecordedOracle`): what the solution answered in each public check, and what each known mistake answered.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dlcourse.checks.callbacks import CALLED_BACK, Callbacks
from dlcourse.checks.expect import BrokenExercise
from dlcourse.checks.forbid import NoSuchName, find
from dlcourse.checks.objects import Objects
from dlcourse.checks.operations import OPERATIONS, Request
from dlcourse.checks.plain import Opaque, array_from_list, array_to_list, decode, encode, plain
from dlcourse.checks.proxy import Function, bare, held
from dlcourse.checks.question import Question
from dlcourse.checks.run import FAULTY, Case, Trace, cases, run_case
from dlcourse.checks.student import LocalBackend

#: What a solution answered, in order: what was asked, which operation on it, and the answer.
Recording = list[tuple[str, str, Any]]
#: So many runs of a check are remembered with what the mistakes answer in them; drawn inputs could be without number.
MAX_TRACES = 2_000


class Solution:
    """The master's names, as a check sees them; `recording` keeps what they answered, in order.

    Where the recording is to be `replayed`, no function that a learner's code calls may ask the solution: how often it is
    called, and with what, differs from answer to answer.
    """

    def __init__(self, namespace: Mapping[str, Any], *, replayed: bool = False) -> None:
        self._namespace = namespace
        self._replayed = replayed
        self._objects = Objects()
        self._callbacks = Callbacks(self._ask)
        self.recording: Recording = []

    def __getattr__(self, name: str) -> Any:
        thing = self._namespace.get(name)
        if thing is None:
            raise AttributeError(f"the solution defines no `{name}`")
        return Function(name, self._ask) if callable(thing) else self._ask("value", name, name, (), {})

    def _ask(self, operation: str, of: str | Opaque, label: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        request = Request(operation, of, label, self._callbacks.outgoing(args), self._callbacks.outgoing(kwargs))
        called_back = CALLED_BACK.get()
        if called_back and self._replayed:
            raise not_replayable(label)
        thing = self._namespace[of] if isinstance(of, str) else self._objects.restore(of)
        self._objects.call_back = self._callbacks.answer
        self._callbacks.begin()
        own = self._objects.restore(request.args), self._objects.restore(request.kwargs)
        answer = plain(OPERATIONS[operation].do(thing, *own[0], **own[1]), self._objects.keep)
        self._callbacks.end()
        if not called_back:
            self.recording.append((label, operation, answer))
        return held(answer, operation, of, self._ask, request.asked)


def not_replayable(label: str) -> BrokenExercise:
    """What an author is told whose public check passes the solution on as a function."""
    return BrokenExercise(
        f"a public check passes on a function that asks the solution for `{label}`; its answers cannot be recorded: write a "
        "plain function in the file of checks and pass that"
    )


class LiveOracle:
    """Asks the solution and the mistakes themselves: for authors and graders, who have them."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.namespace = dict(namespace)
        self._traces: dict[tuple[str, str, int], dict[str, Trace]] = {}

    def solution(self, question: Question, case: Case) -> Solution:
        """The master's functions, called live."""
        return Solution(self.namespace)

    def mistakes(self, question: Question, case: Case, seed: int) -> Mapping[str, Trace]:
        """The traces of the mistakes that fail this case, found by making them."""
        key = (question.id, case.key, seed if "rng" in case.check.arguments else 0)
        if key not in self._traces:
            if len(self._traces) >= MAX_TRACES:
                self._traces.clear()
            self._traces[key] = {}
            for mistake in question.mistakes:
                names = {**self.namespace, **mistake.answers(question.values)}
                backend = LocalBackend(names, forbidding=False)
                result, trace = run_case(question, case, backend, self, seed)
                if result.status in FAULTY:
                    self._traces[key][mistake.name] = trace
        return self._traces[key]

    def hint(self, question: Question, mistake: str) -> str:
        """The hint its author wrote."""
        return next(m.hint for m in question.mistakes if m.name == mistake)


class Replay:
    """Recorded answers in place of the solution: whatever is asked gives the next one."""

    def __init__(self, recording: Recording) -> None:
        self._functions = {label for label, operation, _ in recording if operation != "value"}
        self._left = list(recording)

    def __getattr__(self, name: str) -> Any:
        if name in self._functions:
            return Function(name, self._ask)
        return self._ask("value", name, name, (), {})

    def _ask(self, operation: str, of: str | Opaque, label: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if CALLED_BACK.get():
            raise not_replayable(label)
        recorded, done, value = self._left.pop(0) if self._left else ("nothing more", operation, None)
        if (recorded, done) != (label, operation):
            raise BrokenExercise(
                f"a check asks the solution for `{label}`, but {recorded} was recorded: run `dlcourse release` again"
            )
        return held(value, operation, of, self._ask, Request(operation, bare(of), label, args).asked)


class RecordedOracle:
    """Reads the numbers that release wrote beside the public checks."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def solution(self, question: Question, case: Case) -> Replay:
        """The answers that the solution gave when the exercise was released."""
        recorded = self._data[question.id]["cases"][case.key]["solution"]
        return Replay([(label, operation, decode(value, array_from_list)) for label, operation, value in recorded])

    def mistakes(self, question: Question, case: Case, seed: int) -> Mapping[str, Trace]:
        """The answers that each known mistake gave."""
        recorded = self._data[question.id]["cases"][case.key]["mistakes"]
        return {name: [decode(value, array_from_list) for value in trace] for name, trace in recorded.items()}

    def hint(self, question: Question, mistake: str) -> str:
        """The hint its author wrote."""
        return str(self._data[question.id]["hints"][mistake])

    def stubs(self) -> frozenset[str]:
        """The answer cells as they were given out, squeezed."""
        return frozenset(stub for entry in self._data.values() for stub in entry["stubs"])

    def hidden(self, question: Question) -> list[tuple[str, float]]:
        """Names and points of the checks that run only when the exercise is graded."""
        return [(name, points) for name, points in self._data[question.id]["hidden"]]


def record(questions: Sequence[Question], namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that a `RecordedOracle` needs, as JSON data: run every public check on the solution and each mistake."""
    live = LiveOracle(namespace)
    data: dict[str, Any] = {}
    for question in questions:
        try:
            find(question.forbid)
        except NoSuchName as error:
            raise ValueError(f"{question.id}: {error}") from None
        entry: dict[str, Any] = {
            "hidden": [[c.name, c.points] for c in question.checks if c.hidden],
            "hints": {},
            "cases": {},
        }
        for case in (case for check in question.checks if not check.hidden for case in cases(check)):
            asked = _Listening(namespace)
            try:
                result, _ = run_case(question, case, LocalBackend(namespace), asked, 0)
            except BrokenExercise as error:
                raise ValueError(f"{question.id}, check {case.title!r}: {error}") from None
            if result.status != "passed":
                raise ValueError(
                    f"{question.id}, check {case.title!r}: the solution itself fails it ({result.message})"
                )
            entry["cases"][case.key] = {
                "solution": [
                    [label, operation, encode(answer, array_to_list)]
                    for label, operation, answer in asked.heard.recording
                ],
                "mistakes": {
                    name: [encode(answer, array_to_list) for answer in trace]
                    for name, trace in live.mistakes(question, case, 0).items()
                },
            }
        told = {name for recorded in entry["cases"].values() for name in recorded["mistakes"]}
        entry["hints"] = {m.name: m.hint for m in question.mistakes if m.name in told}
        data[question.id] = entry
    return data


class _Listening(LiveOracle):
    """A live oracle that keeps the one solution it gave out, to read its recording afterwards."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        super().__init__(namespace)
        self.heard = Solution(self.namespace, replayed=True)

    def solution(self, question: Question, case: Case) -> Solution:
        return self.heard


def read_recorded(path: Path) -> RecordedOracle:
    """The recorded answers in a file that release wrote."""
    return RecordedOracle(json.loads(path.read_text(encoding="utf-8")))
