"""One writer for each format: a switch over the blocks of a document, knowing nothing of what they say."""
