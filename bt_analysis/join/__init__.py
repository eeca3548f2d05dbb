"""Join: work areas and harmonised figures in; figures and composition per work area out, and what did not match.

Counts add up; a share is rebuilt from its numerator and denominator; a published mean is weighted by its own
denominator, never by surface; of several medians there is only a lowest and a highest. Nothing is dropped in silence:
every code that finds no figures is listed.
"""

from bt_analysis.join import work_areas
from bt_analysis.join.areas import area_codes, area_weights, named, needed
from bt_analysis.join.figures import context
from bt_analysis.join.groups import composition, outside

__all__ = ["area_codes", "area_weights", "composition", "context", "named", "needed", "outside", "work_areas"]
