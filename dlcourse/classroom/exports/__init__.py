"""Other people's formats: what the gradebook says, as files that learning platforms and their graders read."""
