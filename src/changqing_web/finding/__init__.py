"""查找: one box finds projects, what a project holds, and pages of the guide."""
