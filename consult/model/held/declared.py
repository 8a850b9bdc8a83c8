"""How a table says which of its columns hold personal data."""

from __future__ import annotations

from dataclasses import dataclass, field

from consult.domain.purposes import Purpose


@dataclass(frozen=True)
class Held:
    """One table: what its rows are, and every one of its columns, by purpose or as holding nothing about a person.

    A column whose name is that of a key to `member`, or which holds "member:12", says whom the row is about; those
    kept as `Purpose.RECORD` say who acted.
    """

    #: The rows in words, for people; "" where nothing in them is about a person.
    title: str = ""
    #: Purpose → names of columns, with blanks between.
    purposes: dict[Purpose, str] = field(default_factory=dict)
    #: Columns that hold nothing about a person.
    plain: str = ""
    #: Personal columns whose contents are shown to nobody, not even in a person's own copy: keys and proofs.
    hidden: str = ""

    @property
    def fields(self) -> dict[str, Purpose]:
        """Every personal column with its purpose."""
        return {name: purpose for purpose, names in self.purposes.items() for name in names.split()}

    @property
    def columns(self) -> list[str]:
        """Every column that is declared."""
        return [*self.fields, *self.plain.split()]
