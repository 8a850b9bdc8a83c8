"""Agendas: the papers of a consultation, issuing the next, and every form that one is handed out in."""

from consult.web.agenda.views import pages

__all__ = ["pages"]
