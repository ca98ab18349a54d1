"""`python -m crossover`: the command, where its script is not on the PATH."""

from crossover.cli.main import main

if __name__ == "__main__":
    main()
