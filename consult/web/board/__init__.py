"""The list of sealed votes: anybody may look for a receipt on it, and take the proof away."""

from consult.web.board.views import pages as pages
