"""What is known: the case folder, records, gaps, resolution, log and blobs."""
