"""封存包: a case in one file that others can check, and checking such a file."""
