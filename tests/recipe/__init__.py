"""The recipe for a kind of evidence, as CONTRIBUTING gives it: one folder, and the list that it is in."""

from msgspec.structs import replace

from haproof.kinds import HOUSE
from recipe.zones import KIND

HOUSE_WITH_ZONES = replace(HOUSE, kinds=(*HOUSE.kinds, KIND))
"""What the line in `haproof/kinds/__init__.py` would do."""
