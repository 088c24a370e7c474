-- Working-day calendars.

-- statement calendar_newest(code text) rows
SELECT version, hash, published FROM calendar WHERE code = ?1 ORDER BY version DESC LIMIT 1

-- statement calendar_add(code text, version int, document json, hash blob, now time, actor id) run
INSERT INTO calendar (code, version, document, hash, published, by_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- statement calendar_list(after text, limit int) rows
SELECT c.code, c.version, c.published, c.document
FROM calendar c
WHERE c.code > ?1 AND c.version = (SELECT MAX(n.version) FROM calendar n WHERE n.code = c.code)
ORDER BY c.code LIMIT ?2

-- statement calendar_get(code text, version int) rows
SELECT c.version, c.published, c.document FROM calendar c WHERE c.code = ?1 AND c.version = ?2
