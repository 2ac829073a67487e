"""The contestants: one file a family, each with the same work in that family's own words."""
