"""The rooms joined: the Prefect flows here, the command line, the jobs and the state they work on below."""
