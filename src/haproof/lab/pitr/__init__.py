"""Point-in-time recovery: writers, backups with their manifests, the archive, and restored copies."""
