"""The Admin API as Regulars uses it: install, tags, bulk operations, settings. Global ids (gids) live only here."""
