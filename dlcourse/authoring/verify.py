"""dlcourse verify: the proof that an exercise is sound, before any student meets it."""

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dlcourse.authoring.leaks import leaks
from dlcourse.authoring.mutants import Mutant, accepting_seeds, mutants_of, names_around
from dlcourse.authoring.release import released
from dlcourse.checks.oracle import RecordedOracle
from dlcourse.checks.question import Question, Variant
from dlcourse.checks.run import Oracle, QuestionResult, run_question
from dlcourse.checks.student import LocalBackend
from dlcourse.grading.exercise import load_full, master_names
from dlcourse.grading.mark import mark, without_hidden
from dlcourse.grading.master import promised_points
from dlcourse.grading.seeds import seed_of
from dlcourse.grading.submission import SubmittedNotebook, parse_notebook, read_notebook

#: Ten verdicts must agree: with these seeds, and with the one that a class is graded with.
SEEDS = range(9)
MISTAKES, ALTERNATIVES = 3, 2
#: All checks of a question together may take this long, so that a learner never waits for an answer.
SECONDS = 1.0


@dataclass
class Row:
    """What was found of one question: counts for the table, and a sentence for each fault, which says what to do."""

    question: Question
    full: float = 0.0
    untouched: float = 0.0
    mistakes: int = 0
    alternatives: int = 0
    rejected: int = 0
    equivalent: int = 0
    mutants: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Proof:
    """What was found of one exercise; it is sound when there is no fault."""

    name: str
    rows: list[Row]
    faults: list[str]

    @property
    def all_faults(self) -> list[str]:
        """Every fault, named by question."""
        return self.faults + [f"{row.question.id}: {fault}" for row in self.rows for fault in row.faults]


@dataclass(frozen=True)
class Evidence:
    """What a question is held against: the solution's names, the live and the recorded answers, and ten seeds."""

    names: Mapping[str, Any]
    live: Oracle
    public: RecordedOracle
    seeds: Sequence[int]

    def graded(self, question: Question, variant: Variant | None = None) -> list[QuestionResult]:
        """The results, seed by seed, of the solution, or of a variant that stands in its place."""
        backend = self.backend(question, variant)
        return [run_question(question, backend, self.live, seed) for seed in self.seeds]

    def shown(self, question: Question, variant: Variant) -> QuestionResult:
        """What a learner sees of a variant: its public checks, against recorded answers."""
        return run_question(without_hidden([question])[0], self.backend(question, variant), self.public)

    def backend(self, question: Question, variant: Variant | None) -> LocalBackend:
        """The solution's names, with a variant's in their place; a mistake may use what an answer may not."""
        names = {**self.names, **(variant.answers(question.values) if variant else {})}
        return LocalBackend(names, forbidding=variant not in question.mistakes)


def verify(root: Path, name: str, *, private: Path | None = None, mutants: bool = True) -> Proof:
    """Prove one exercise: solution full, untouched zero, mistakes told by their hints, mutants rejected, no leak.

    `private` is a folder of further checks; without `mutants` the proof takes a second and shows less.
    """
    solutions = root / "solutions"
    exercise, master_path = load_full(solutions, name, private), solutions / f"{name}.ipynb"
    files = {path.name: text for path, text in released(root, name).items()}
    public = exercise if private is None else load_full(solutions, name)
    master = read_notebook(master_path)
    evidence = Evidence(
        master_names(master_path),
        exercise.oracle,
        RecordedOracle(json.loads(files[f"{name}.json"])),
        [*SEEDS, seed_of(name)],
    )
    told = {question.id: {mistake.hint for mistake in question.mistakes} for question in public.questions}
    rows = [
        Row(question) if question.manual else prove(question, told[question.id], evidence)
        for question in exercise.questions
    ]
    for row in (row for row in rows if mutants and not row.question.manual):
        try_mutants(row, master, evidence)

    full = mark(master, exercise, seed=0)
    # As somebody hands it in who has changed next to nothing: what was given out to be repaired is called as well.
    stub = mark(parse_notebook(files[f"{name}.ipynb"].encode()), replace(exercise, stubs=frozenset()), seed=0)
    for row, whole, untouched in zip(rows, full.questions, stub.questions, strict=True):
        if row.question.manual:  # neither the solution nor the stub is judged here
            continue
        row.full, row.untouched = whole.score, untouched.score
        row.faults += [
            f"the solution misses {check.title!r} in the grader ({check.message}): mend the check or the solution"
            for check in whole.checks
            if check.status != "passed"
        ]
        if row.untouched:
            earned = ", ".join(repr(check.title) for check in untouched.checks if check.score)
            row.faults.append(f"the untouched exercise earns points in {earned}: make that check fail for it")
    faults = [
        f"the solution's cell {note.cell} fails in the grader: {note.message}; mend it, or tag it `demo`"
        for note in full.notes
    ]
    document = json.loads(master_path.read_text(encoding="utf-8"))
    faults += headings_at_odds(promised_points(document), exercise.questions)
    checks = [folder / f"{name}.py" for folder in (solutions / "checks", private) if folder]
    texts = [path.read_text(encoding="utf-8") for path in checks if path.is_file()]
    faults += [
        f"{leak}; take it out there, or give it to students in a STUDENT block"
        for leak in leaks(document, texts, files)
    ]
    return Proof(name, rows, faults)


def prove(question: Question, told: Collection[str], evidence: Evidence) -> Row:
    """What can be shown of one question without the notebook around it; `told` are the hints that notebooks can give."""
    row = Row(question)
    backend = evidence.backend(question, None)
    run_question(question, backend, evidence.live)  # the first run imports what the question forbids
    start = time.perf_counter()
    run_question(question, backend, evidence.live)
    row.seconds = time.perf_counter() - start
    if row.seconds > SECONDS:
        row.faults.append(f"its checks take {row.seconds:.2f} s together, at most {SECONDS:g}: use smaller inputs")
    if len(question.mistakes) < MISTAKES or len(question.alternatives) < ALTERNATIVES:
        found = f"{len(question.mistakes)} known mistakes and {len(question.alternatives)} alternatives"
        row.faults.append(f"it lists {found}: add some, at least {MISTAKES} and {ALTERNATIVES} make a question sound")
    row.faults += [
        f"with seed {seed} the solution misses {check.title!r} ({check.message}): make the check hold for every input it draws"
        for seed, run in zip(evidence.seeds, evidence.graded(question), strict=True)
        for check in run.checks
        if check.status != "passed"
    ]
    for mistake in question.mistakes:
        shown = evidence.shown(question, mistake) if mistake.hint in told else None
        faults = mistake_faults(mistake, evidence.graded(question, mistake), shown)
        row.faults += faults
        row.mistakes += not faults
    for alternative in question.alternatives:
        runs = evidence.graded(question, alternative)
        missed = [check for run in runs for check in run.checks if check.status != "passed"]
        if missed:
            row.faults.append(
                f"the alternative {alternative.name!r} misses {missed[0].name!r} ({missed[0].message}): "
                "let the check accept it, or take it out if it is wrong"
            )
        row.alternatives += not missed
    return row


def mistake_faults(mistake: Variant, graded: Sequence[QuestionResult], shown: QuestionResult | None) -> list[str]:
    """A mistake must lose points with every seed, in a public check, and get its own hint wherever it is met.

    `shown` is what a learner's notebook says; None for a mistake that only the grader knows.
    """
    if passed := sum(run.score == run.max_score for run in graded):
        seeds = "" if passed == len(graded) else f" with {passed} of {len(graded)} seeds"
        return [f"the checks let the mistake {mistake.name!r} pass{seeds}: add a fixed input that it fails"]
    if shown and shown.score == shown.max_score:
        return [
            f"no public check shows the mistake {mistake.name!r}, a learner could not find it: add one that it fails"
        ]
    told = {run.mistake: "in the grader" for run in graded} | ({shown.mistake: "in the notebook"} if shown else {})
    return [
        f"the mistake {mistake.name!r} is taken for {name or 'no known mistake'!r} {where}: add a public input where they differ"
        for name, where in told.items()
        if name != mistake.name
    ]


def try_mutants(row: Row, master: SubmittedNotebook, evidence: Evidence) -> None:
    """Each mutant of the solution must be rejected with every seed, or accepted with every seed and listed as equivalent."""
    question, around = row.question, names_around(master, row.question, evidence.names)
    unused = set(question.equivalents)
    for mutant in mutants_of(master, question):
        accepting = accepting_seeds(mutant, question, around, evidence.live, evidence.seeds)
        always = len(accepting) == len(evidence.seeds)
        row.mutants += 1
        row.rejected += not accepting
        row.equivalent += always and mutant.sentence in question.equivalents
        unused -= {mutant.sentence} if always else set()
        if accepting and not (always and mutant.sentence in question.equivalents):
            row.faults.append(mutant_fault(question, mutant, None if always else accepting[0]))
    row.faults += [
        f"it lists `{sentence}` as equivalent, but no mutant that the checks accept is called so: take the line out"
        for sentence in sorted(unused)
    ]


def mutant_fault(question: Question, mutant: Mutant, only_with: int | None) -> str:
    """What to do about a mutant that the checks accept, always or with one seed and not another."""
    if only_with is not None:
        return (
            f"with seed {only_with}, not with all, the checks accept the mutant `{mutant.sentence}` ({mutant.place}): "
            "add a fixed input that tells it from the solution"
        )
    line = f"{question.id}.equivalent({json.dumps(mutant.sentence, ensure_ascii=False)}, because=...)"
    return (
        f"the checks accept a mutant ({mutant.place}): add an input that tells it from the solution, or say why there "
        f"is none: {line}"
    )


def headings_at_odds(promised: Mapping[str, float], questions: Sequence[Question]) -> list[str]:
    """Headings must promise the points that the checks give: `## q1 · Title (3 points)`."""
    return [
        f"{question.id} is worth {question.points:g} points, but its heading says {promised.get(question.id, 'nothing')}: "
        "change one of the two"
        for question in questions
        if promised.get(question.id) != question.points
    ]
