"""`python -m changqing_web`: set up, serve, work, back up."""

from changqing_web.commands import main

main()
