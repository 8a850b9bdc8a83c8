"""The plain counters: one object per ballot, exact arithmetic, to be read beside the rule text; `fast` is not used."""
