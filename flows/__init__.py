"""The rooms joined: what a job does (`steps`), its Prefect flows, and the command line."""
