"""What stands between the count and the certificate: complaints, recounts, extensions, re-runs, destruction."""

from consult.web.casework.views import pages as pages
