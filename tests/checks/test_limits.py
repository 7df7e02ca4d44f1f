"""An exercise's own limits."""

import pytest

from dlcourse.checks.limits import Limits, read_limits


def test_a_file_of_checks_without_limits_has_the_usual_ones():
    assert read_limits("q1 = question('q1', 'Twice', functions=['twice'])") == Limits()


def test_a_file_of_checks_sets_its_own():
    assert read_limits("limits = Limits(memory_mb=4096, cell_seconds=30.0)") == Limits(
        memory_mb=4096, cell_seconds=30.0
    )


@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_that_allows_nothing_is_refused(value):
    with pytest.raises(ValueError, match=f"scratch_mb={value}"):
        Limits(scratch_mb=value)
