"""State: where a home keeps what is written, and what those files say."""
