"""指南: licences, papers, procedures, questions and law, each citable by address."""
