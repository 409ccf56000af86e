"""`python -m changqing_web`: set up, serve, work, back up."""

from changqing_web.commands import main

if __name__ == "__main__":  # a process that begins anew reads this file as well
    main()
