"""What an instructor looks at and what a student gets: the class report, likeness of answers, pages of feedback."""
