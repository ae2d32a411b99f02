"""The report as blocks: each section is decided here once, whatever writes it."""
