"""Runs: what the flows need of Prefect: its server, its schedules and workers, what it shows and whom it notifies."""
