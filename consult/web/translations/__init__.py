"""Translations of texts: read beside the original, made and approved."""

from consult.web.translations.views import pages as pages
