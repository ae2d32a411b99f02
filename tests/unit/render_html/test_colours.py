"""Contrast of every colour that carries text or data (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

from builders import full, judged
from haproof.render.charts.palette import DARK, INKS, LIGHT, literal, style_rules
from haproof.render.charts.svg import svg
from unit.render_html.test_charts import failover_trials, lag_distribution

TEXT_ON = {
    "ink": ("paper", "surface", "accent-soft", "pass-soft", "warn-soft", "fail-soft"),
    "muted": ("paper", "surface", "accent-soft"),
    "accent": ("paper",),
    "pass": ("paper",),
    "warn": ("paper",),
    "fail": ("paper", "surface", "warn-soft", "fail-soft", "accent-soft"),
}
DATA_ON = {
    "accent": ("paper", "surface", "pass-soft", "warn-soft", "fail-soft", "accent-soft"),
    "fail": ("paper", "surface"),
    "ink": ("surface", "pass-soft", "warn-soft", "fail-soft"),
}


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_ON, 4.5), (DATA_ON, 3.0)], ids=["text", "data"])
def test_contrast(tokens: dict[str, str], pairs: dict[str, tuple[str, ...]], least: float) -> None:
    for front, backs in pairs.items():
        for back in backs:
            assert contrast(tokens[front], tokens[back]) >= least, (front, back)


def test_both_schemes_have_the_same_tokens_and_every_ink_is_defined() -> None:
    assert LIGHT.keys() == DARK.keys()
    for look in INKS.values():
        assert look.fill == "none" or look.fill in LIGHT
        assert not look.stroke or look.stroke in LIGHT
    used = set(re.findall(r"var\(--([a-z-]+)\)", style_rules()))
    assert used <= set(LIGHT)


def test_literal_drawing_needs_no_style_sheet(tmp_path: Path) -> None:
    report = judged(tmp_path, full())
    for draw in (failover_trials, lag_distribution):
        chart = draw(report)
        assert chart is not None
        drawing = svg(chart, literal, 600)
        assert drawing.startswith('<svg xmlns="http://www.w3.org/2000/svg"') or "xmlns=" in drawing[:400]
        assert 'class="' not in drawing
        assert 'viewBox="0 0 600 ' in drawing
        assert set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]+)"', drawing)) <= set(LIGHT.values())
