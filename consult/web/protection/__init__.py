"""Data protection: one's own data and who looked at it; requests, breaches, exports, retention and the two papers."""

from consult.web.protection import cases, exports, papers
from consult.web.protection.own import pages

__all__ = ["cases", "exports", "pages", "papers"]
