"""核验: anybody checks a bundle, without an account; nothing of it is kept."""
