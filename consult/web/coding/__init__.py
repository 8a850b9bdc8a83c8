"""What is made of a consultation: coding, the analysis, the response, and what was done."""

from consult.web.coding.views import pages as pages
