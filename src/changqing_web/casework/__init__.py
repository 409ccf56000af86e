"""办理: stage and days after handing in, notices of correction, the annual report."""
