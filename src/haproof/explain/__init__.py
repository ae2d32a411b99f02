"""Every id, figure and term of the report in words: `haproof explain`, the HTML and PDF reports and the
generated documents all show these texts.

Checks are explained where they are judged, and their criterion is asked of that function, so that neither can
say something else than what is judged.
"""

from haproof.explain.catalogue import catalogue, explain, near
from haproof.explain.explanation import Explanation

__all__ = ["Explanation", "catalogue", "explain", "near"]
"""All explanations in the order of reading, and how one is found."""
