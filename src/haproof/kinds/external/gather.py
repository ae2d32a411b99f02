"""How the statements become the record of EXTERNAL."""

from haproof.core.gathered import Gathered
from haproof.kinds.external.judging import judge
from haproof.kinds.external.reading import read
from haproof.kinds.external.statement import ExternalStatement

GATHERED = Gathered(read=read, judge=judge, payload=lambda: ExternalStatement)
