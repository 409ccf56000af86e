"""待办: what to do by when, who does it, and what it would change."""
