"""`python -m flows` is `wine-labels`."""

from flows.cli import main

if __name__ == "__main__":
    main()
