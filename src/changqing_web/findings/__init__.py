"""结论: every criterion asked twice, and where on the pages it is mended."""
