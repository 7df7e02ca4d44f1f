"""Intake: what was handed in, in whatever form it comes, as a list of submissions."""
