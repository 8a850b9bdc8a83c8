"""Motions: their list and pages, from a draft to the order paper."""

from consult.web.motions import adopting as _adopting  # noqa: F401 (their routes belong to the same pages)
from consult.web.motions import disposing as _disposing  # noqa: F401
from consult.web.motions import following as _following  # noqa: F401
from consult.web.motions import freezing as _freezing  # noqa: F401
from consult.web.motions import importing as _importing  # noqa: F401
from consult.web.motions import printing as _printing  # noqa: F401
from consult.web.motions import sending as _sending  # noqa: F401
from consult.web.motions.views import pages

__all__ = ["pages"]
