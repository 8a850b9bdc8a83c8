"""consult: motions are drafted, amended, debated, put to the ballot, counted, certified and published."""

__version__ = "0.1.0"
