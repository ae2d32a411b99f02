"""Every id, figure and term of the report in words: `haproof explain`, the HTML and PDF reports and the
generated documents all show these texts.

Checks are explained by the docstring of the function that judges them, and their criterion is asked of that
function too, so that neither can say something else than what is judged.
"""

from haproof.core.docstring import sections
from haproof.core.explain.catalogue import CATALOGUE, explain, near
from haproof.core.explain.explanation import Explanation

__all__ = ["CATALOGUE", "Explanation", "explain", "near", "sections"]
