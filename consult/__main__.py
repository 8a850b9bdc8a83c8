"""`python -m consult …`: the same words as the `consult` command."""

from consult.cli import run

if __name__ == "__main__":
    run()
