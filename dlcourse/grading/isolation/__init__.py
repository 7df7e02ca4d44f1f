"""Keeping a learner's code from the rest of the machine: one file for each thing that the system offers for it."""
