"""Where `changqing` starts: a Ctrl-C while it still loads prints no traceback."""

import gc
import sys

YOUNG = 50_000
"""Objects made before the youngest are looked through: a start makes hundreds of
thousands that are there to stay, and Python would look through them every 700."""


def main() -> None:
    """Load the command line and run it."""
    gc.set_threshold(YOUNG)
    try:
        from changqing.cli.main import main as run_command

        run_command()
    except KeyboardInterrupt:
        sys.stderr.write("已中止 / Stopped\n")
        sys.exit(3)


if __name__ == "__main__":
    main()
