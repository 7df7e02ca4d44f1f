"""Which of a learner's cells is which of the course's: by its mark, by its id, by its text, at last by what it defines.

Jupyter keeps marks and ids. Other programs drop them, and people cut, paste and delete.
"""

from collections.abc import Callable, Sequence

from dlcourse.checks.plain import squeezed
from dlcourse.solo.cells import Document, is_answer, mark_of, names_in, source_of

#: What tells cells apart, the surest first; a cell of which it says nothing is not paired by it.
KEYS: tuple[Callable[[Document], str], ...] = (
    mark_of,
    lambda cell: str(cell.get("id", "")),
    lambda cell: squeezed(source_of(cell)),
)


def pair(given: Sequence[Document], own: Sequence[Document]) -> dict[int, int]:
    """For each cell of the course the place of the learner's that it has become; a cell that is gone has no entry."""
    pairs: dict[int, int] = {}
    for key in KEYS:
        for i, j in same(key, given, own):
            if i not in pairs and j not in pairs.values():
                pairs[i] = j
    return pairs | by_names(given, own, pairs)


def same(key: Callable[[Document], str], given: Sequence[Document], own: Sequence[Document]) -> list[tuple[int, int]]:
    """The places of cells of one kind that have this in common, from top to bottom."""
    return [
        (i, j)
        for i, cell in enumerate(given)
        for j, other in enumerate(own)
        if key(cell) and key(cell) == key(other) and cell.get("cell_type") == other.get("cell_type")
    ]


def by_names(given: Sequence[Document], own: Sequence[Document], pairs: dict[int, int]) -> dict[int, int]:
    """Answer cells by what they define, in a notebook that has lost all its marks.

    Where some are left, an answer cell without its mark was deleted; what defines the same is a cell of the learner's.
    """
    if any(mark_of(cell) for cell in own):
        return {}
    found: dict[int, int] = {}
    for i, cell in enumerate(given):
        if i in pairs or not is_answer(cell):
            continue
        free = [j for j in range(len(own)) if j not in {*pairs.values(), *found.values()}]
        defining = [j for j in free if own[j].get("cell_type") == "code" and shared(cell, own[j])]
        if defining:
            found[i] = max(defining, key=lambda j: len(shared(cell, own[j])))
    return found


def shared(cell: Document, other: Document) -> set[str]:
    """The names that both of two cells define."""
    return names_in(source_of(cell)) & names_in(source_of(other))
