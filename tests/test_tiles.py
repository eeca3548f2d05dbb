"""A matrix as tiles: shapes that stay sharp, the first row on top, letters that can be read on each."""

import numpy as np
import pytest

from bt_analysis.figures.axes import ink, tiles
from bt_analysis.pages.drawing import canvas_with_axes, finish


def light(share: float) -> float:
    """Return the relative luminance of a tile as WCAG 2.2 defines it."""
    from matplotlib import colormaps

    parts = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colormaps["Blues"](share)[:3]]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def test_tiles_are_shapes_and_no_image() -> None:
    canvas, axes = canvas_with_axes(2.0)
    tiles(axes, np.array([[0.0, 5.0], [10.0, np.nan]]), 10.0)
    svg = finish(canvas, "titel", "tekst").svg
    assert "<image" not in svg
    assert "#08306b" in svg  # the darkest blue of the scale, of the tile with the most
    assert "#f7fbff" in svg  # the lightest, of the one with 0
    assert axes.get_ylim() == (1.5, -0.5)  # the first row on top
    assert axes.get_xlim() == (-0.5, 1.5)


@pytest.mark.parametrize("share", np.linspace(0, 1, 21))
def test_letters_on_a_tile_can_be_read(share: float) -> None:
    ground = light(float(share))
    contrast = 1.05 / (ground + 0.05) if ink(float(share)) == "white" else (ground + 0.05) / 0.05
    assert contrast >= 4.5


def test_an_empty_tile_is_white_so_its_letters_are_black() -> None:
    assert ink(float("nan")) == "black"
