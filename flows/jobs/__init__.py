"""Jobs: the work itself, as plain functions that know nothing of Prefect."""
