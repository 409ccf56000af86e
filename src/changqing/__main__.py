"""Where `changqing` starts: a Ctrl-C while it still loads prints no traceback."""

import sys


def main() -> None:
    """Load the command line and run it."""
    try:
        from changqing.cli.main import main as run_command

        run_command()
    except KeyboardInterrupt:
        sys.stderr.write("已中止 / Stopped\n")
        sys.exit(3)


if __name__ == "__main__":
    main()
