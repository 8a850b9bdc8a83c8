"""Notices: what one was told, how one wants to hear of news, and stopping mail with one click."""

from consult.web.notices import following as following
from consult.web.notices.views import pages as pages
