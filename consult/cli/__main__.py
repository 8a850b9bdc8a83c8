"""`python -m consult.cli`: the `consult` command where it is not on the path."""

from consult.cli import run

run()
