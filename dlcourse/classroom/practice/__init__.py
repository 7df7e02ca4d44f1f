"""Practice: a believable class from a seed, to rehearse an evening with; what grading must find in it is written down."""
