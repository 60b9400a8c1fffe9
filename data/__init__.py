"""Tables in and out: what a file is, its rows in chunks, and files that appear whole or not at all.

Files here are code; the folders beside them are state (`raw/` alone is shipped).
"""
