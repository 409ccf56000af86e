"""退回统计: what the cases of a workspace came back for."""
