"""The migration to a newer Exchange: upgrade path, gates, move groups and waves."""
