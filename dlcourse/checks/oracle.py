"""Where expected answers come from: the master's own functions, or the numbers recorded from them at release.

An author's machine and the grader hold the solution, so they ask it (`LiveOracle`). A learner's copy of the course holds
only numbers (`RecordedOracle`): what the solution answered in each public check, and what each known mistake answered.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dlcourse.checks.calls import Keeper
from dlcourse.checks.plain import array_from_list, array_to_list, decode, encode, plain
from dlcourse.checks.question import Question
from dlcourse.checks.run import FAULTY, BrokenExercise, Case, Trace, cases, run_case
from dlcourse.checks.student import LocalBackend, copy_of, restore

Recording = list[tuple[str, Any]]


class Solution:
    """The master's names, as a check sees them; `recording` keeps what they answered, in order."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace
        self._keep = Keeper()
        self.recording: Recording = []

    def __getattr__(self, name: str) -> Any:
        thing = self._namespace.get(name)
        if thing is None:
            raise AttributeError(f"the solution defines no `{name}`")
        if not callable(thing):
            return self._record(name, thing)

        def ask(*args: Any, **kwargs: Any) -> Any:
            own = [restore(copy_of(given), self._keep.things) for given in (args, kwargs)]
            return self._record(name, thing(*own[0], **own[1]))

        return ask

    def _record(self, name: str, value: Any) -> Any:
        answer = plain(value, self._keep)
        self.recording.append((name, answer))
        return answer


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
            self._traces[key] = {}
            for mistake in question.mistakes:
                backend = LocalBackend({**self.namespace, **mistake.answers(question.values)})
                result, trace = run_case(question, case, backend, self, seed)
                if result.status in FAULTY:
                    self._traces[key][mistake.name] = trace
        return self._traces[key]

    def hint(self, question: Question, mistake: str) -> str:
        """The hint its author wrote."""
        return next(m.hint for m in question.mistakes if m.name == mistake)


class Replay:
    """Recorded answers in place of the solution: each call gives the next one."""

    def __init__(self, functions: frozenset[str], recording: Recording) -> None:
        self._functions = functions
        self._left = list(recording)

    def __getattr__(self, name: str) -> Any:
        return (lambda *args, **kwargs: self._next(name)) if name in self._functions else self._next(name)

    def _next(self, name: str) -> Any:
        recorded, value = self._left.pop(0) if self._left else ("nothing more", None)
        if recorded != name:
            raise BrokenExercise(
                f"a check asks the solution for `{name}`, but {recorded} was recorded: run `dlcourse release` again"
            )
        return value


class RecordedOracle:
    """Reads the numbers that release wrote beside the public checks."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def solution(self, question: Question, case: Case) -> Replay:
        """The answers that the solution gave when the exercise was released."""
        recorded = self._data[question.id]["cases"][case.key]["solution"]
        functions = frozenset(name for name, kind, _ in recorded if kind == "call")
        return Replay(functions, [(name, decode(value, array_from_list)) for name, _, value in recorded])

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
        entry: dict[str, Any] = {
            "hidden": [[c.name, c.points] for c in question.checks if c.hidden],
            "hints": {},
            "cases": {},
        }
        for case in (case for check in question.checks if not check.hidden for case in cases(check)):
            asked = _Listening(namespace)
            result, _ = run_case(question, case, LocalBackend(namespace), asked, 0)
            if result.status != "passed":
                raise ValueError(
                    f"{question.id}, check {case.title!r}: the solution itself fails it ({result.message})"
                )
            kinds = ("value", "call")
            entry["cases"][case.key] = {
                "solution": [
                    [name, kinds[callable(namespace[name])], encode(v, array_to_list)]
                    for name, v in asked.heard.recording
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
        self.heard = Solution(self.namespace)

    def solution(self, question: Question, case: Case) -> Solution:
        return self.heard


def read_recorded(path: Path) -> RecordedOracle:
    """The recorded answers in a file that release wrote."""
    return RecordedOracle(json.loads(path.read_text(encoding="utf-8")))
