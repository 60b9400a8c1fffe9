"""`python -m flows` is `wine-labels`."""

from flows.cli.main import main

if __name__ == "__main__":
    main()
