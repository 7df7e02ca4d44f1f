"""Checks: what an exercise demands of an answer, and how a learner is told. NumPy alone; runs wherever NumPy does."""

from dlcourse.checks.expect import Partial, Wrong, expect
from dlcourse.checks.notebook import exercise
from dlcourse.checks.question import question

__all__ = ["Partial", "Wrong", "exercise", "expect", "question"]
