"""A class, from hand-in to gradebook: what an instructor does on one evening. One submission is `grading`'s affair."""
