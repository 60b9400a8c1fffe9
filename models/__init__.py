"""Versions of a classifier: as bytes (`codec`) and as numbered folders that are never rewritten (`store`)."""
