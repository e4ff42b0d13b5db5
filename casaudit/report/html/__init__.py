"""report.html: the page, its map and its timeline."""
