"""Pages: batches and versions as HTML for people, drawn from published files alone."""
