"""How PITR is shown: its chart."""

from haproof.render.views import View, late

VIEW = View(drawn=(late("haproof.kinds.pitr.charts", "restored"),))
