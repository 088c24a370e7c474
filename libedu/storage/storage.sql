-- The migrator's own table.

-- statement storage_version_add(version int, name text, checksum text) run
INSERT INTO schema_version (version, name, checksum) VALUES (?1, ?2, ?3)

-- statement storage_versions() rows
SELECT version, name, checksum FROM schema_version ORDER BY version
