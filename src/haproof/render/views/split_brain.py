"""VAL16 in lists; it has figures to draw nothing of."""

from haproof.render.views import View

VIEW = View(
    title="Split-brain",
    proves="Epoch-divergence detection, metadata-injection recovery, user data integrity",
)
