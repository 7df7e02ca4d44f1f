"""Everything that the gradebook says, as JSON: for programs of your own, and to be read back.

`standings.schema.json` beside this file says what stands where. Times have a zone; a score that a person set has who, when
and why; `record` is what grading found, check by check.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from dlcourse.classroom.exports.export import Export
from dlcourse.classroom.gradebook.standing import ByHand, Lateness, QuestionStanding, Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.record import Record

SCHEMA = "dlcourse/standings/v1"


def everything(standings: Sequence[Standing]) -> Export:
    """All standings, one after the other."""
    document = {"schema": SCHEMA, "standings": [as_data(standing) for standing in standings]}
    return Export(json.dumps(document, indent=1, allow_nan=False) + "\n")


def as_data(standing: Standing) -> dict[str, Any]:
    """One standing as plain data, with the scores that it works out."""
    data = asdict(standing)
    data["record"] = json.loads(standing.record.to_json())
    data["lateness"]["due"] = text_of(standing.lateness.due)
    for change in (data["by_hand"], *(question["by_hand"] for question in data["questions"])):
        if change:
            change["when"] = text_of(change["when"])
    return data | {"raw_score": standing.raw_score, "score": standing.score}


def read_everything(text: str) -> list[Standing]:
    """The standings in a text that `everything` wrote."""
    document = json.loads(text)
    if document.get("schema") != SCHEMA:
        raise ValueError(f"this is no export of standings: its schema is {document.get('schema')!r}, not {SCHEMA!r}")
    return list(map(standing_in, document["standings"]))


def standing_in(data: dict[str, Any]) -> Standing:
    """One standing, from plain data."""
    person, late = data["person"], data["lateness"]
    return Standing(
        Person(**person | {"others": tuple(person["others"])}),
        data["assignment"],
        Record.from_json(json.dumps(data["record"])),
        data["attempts"],
        tuple(QuestionStanding(**question | {"by_hand": by_hand_in(question)}) for question in data["questions"]),
        Lateness(**late | {"due": moment_in(late["due"])}),
        data["max_score"],
        by_hand_in(data),
    )


def by_hand_in(data: dict[str, Any]) -> ByHand | None:
    """The change by hand that a standing or a question carries."""
    change = data["by_hand"]
    return ByHand(**change | {"when": datetime.fromisoformat(change["when"])}) if change else None


def text_of(moment: datetime | None) -> str | None:
    """A moment as text."""
    return moment.isoformat() if moment else None


def moment_in(text: str | None) -> datetime | None:
    """A moment from text."""
    return datetime.fromisoformat(text) if text else None
