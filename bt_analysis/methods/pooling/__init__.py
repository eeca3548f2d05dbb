"""Putting effects together: effects with sampling variances in; their mean, how far they differ, and a new one out.

One question per file: :mod:`.pooled` (one mean), :mod:`.moderators` (why they differ), :mod:`.levels` (effects in
clusters), :mod:`.bayes` (what is believed), :mod:`.shrunken` (each effect, and leaving one out), :mod:`.measures`
(from counts and intervals to effects).
"""
