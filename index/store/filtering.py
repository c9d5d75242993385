"""Filters as SQL conditions."""

from __future__ import annotations

import json

from index.types import Filters


def conditions(filters: Filters) -> tuple[str, list[str]]:
    """A WHERE clause over documents, and its values, for all filters but the speakers'."""
    conditions, values = ["1"], []
    if filters.document_ids:
        conditions.append("document_id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(list(filters.document_ids)))
    if filters.outlets:
        conditions.append("fold(outlet) IN (SELECT fold(value) FROM json_each(?))")
        values.append(json.dumps(list(filters.outlets)))
    # Days are compared: a bound without a time of day includes that whole day.
    if filters.published_from:
        conditions.append("substr(published_at, 1, 10) >= substr(?, 1, 10)")
        values.append(filters.published_from)
    if filters.published_to:
        conditions.append("substr(published_at, 1, 10) <= substr(?, 1, 10)")
        values.append(filters.published_to)
    return " AND ".join(conditions), values
