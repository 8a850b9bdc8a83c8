"""Composites: the list, the workbench of the committee, and what branches sign."""

from consult.web.composites import answering as _answering  # noqa: F401 (its routes belong to the same pages)
from consult.web.composites.views import pages

__all__ = ["pages"]
