"""Motions: their list and pages, from a draft to the order paper."""

from consult.web.motions import freezing as _freezing  # noqa: F401 (its routes belong to the same pages)
from consult.web.motions.views import pages

__all__ = ["pages"]
