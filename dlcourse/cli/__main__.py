"""`python -m dlcourse.cli`, where no script is installed."""

from dlcourse.cli import main

main()
