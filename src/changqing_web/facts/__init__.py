"""事实: what is asked, said, listed and answered, by the company and by its client."""
