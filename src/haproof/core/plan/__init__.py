"""What is still missing for a readiness level, as data: `planning.plan` makes it of a judged report.

`model` is what a plan is, `commands` fills in the commands of a way, `steps` puts them in their order.
"""
