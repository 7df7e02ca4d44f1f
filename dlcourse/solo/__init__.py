"""For someone who learns alone: what is done and what comes next, a question begun afresh, a hint when one is wanted."""
