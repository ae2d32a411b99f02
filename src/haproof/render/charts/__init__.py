"""Forms that charts are drawn with: strips, bars, axes, colours. Each kind of evidence says what is drawn.

`svg(chart, by_class)` draws for a page that carries `palette.style_rules()`; `svg(chart, literal, width)`
makes an SVG document of its own, in literal colours.
"""
