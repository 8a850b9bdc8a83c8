"""The plain counters: one object per ballot, exact arithmetic, to be read beside the rule text; they never use `fast`."""
