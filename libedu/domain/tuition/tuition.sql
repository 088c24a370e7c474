-- Tuition: what a year costs by what one applies for and who pays, and concessions that are claimed.

-- statement tuition_fee_get(offering_id id, funding text) rows
SELECT amount FROM tuition_fee WHERE offering_id = ?1 AND funding = ?2

-- statement tuition_fee_add(offering_id id, funding text, amount int, now time, actor id) run
INSERT INTO tuition_fee (offering_id, funding, amount, changed, by_id) VALUES (?1, ?2, ?3, ?4, ?5)

-- statement tuition_fee_change(offering_id id, funding text, amount int, now time, actor id) run
UPDATE tuition_fee SET amount = ?3, changed = ?4, by_id = ?5 WHERE offering_id = ?1 AND funding = ?2

-- What one applies for, as far as the actor may see it.
-- statement tuition_offering(actor id, id id) rows
SELECT o.service, @keeps(?1, o.institution, o.region) FROM offering o
WHERE o.id = ?2 AND (o.is_published = 1 OR @keeps(?1, o.institution, o.region))

-- statement tuition_programme(actor id, service text, code text) rows
SELECT o.id FROM offering o
WHERE o.service = ?2 AND o.code = ?3 AND @keeps(?1, o.institution, o.region)

-- statement tuition_fees(offering_id id, after text, limit int) rows
SELECT f.funding, f.funding, f.amount, f.changed FROM tuition_fee f
WHERE f.offering_id = ?1 AND f.funding > ?2 ORDER BY f.funding LIMIT ?3

-- statement tuition_is_staff(actor id) rows
SELECT 1 WHERE @is_staff(?1)

-- ---- of an application ----

-- statement tuition_claim_add(person_id id, request_id id, funding text, concession text) run
INSERT INTO request_tuition (person_id, request_id, funding, concession) VALUES (?1, ?2, ?3, ?4)

-- What is submitted anew is decided anew.
-- statement tuition_claim_change(person_id id, request_id id, funding text, concession text) run
UPDATE request_tuition SET funding = COALESCE(?3, funding), concession = ?4, decision = NULL,
    decided = NULL, decided_by = NULL
WHERE person_id = ?1 AND request_id = ?2

-- statement tuition_fund(person_id id, request_id id, funding text) run
UPDATE request_tuition SET funding = ?3 WHERE person_id = ?1 AND request_id = ?2

-- statement tuition_decide(person_id id, request_id id, decision text, now time, actor id) run
UPDATE request_tuition SET decision = ?3, decided = ?4, decided_by = ?5
WHERE person_id = ?1 AND request_id = ?2 AND concession IS NOT NULL

-- statement tuition_claim_get(person_id id, request_id id) rows
SELECT funding, concession, decision FROM request_tuition WHERE person_id = ?1 AND request_id = ?2

-- statement tuition_get(person_id id, request_id id) rows
SELECT t.funding, t.concession, t.decision, t.decided, v.id, v.amount, v.waived, v.paid, v.due
FROM request_tuition t LEFT JOIN invoice v ON v.person_id = t.person_id AND v.kind = 'tuition'
    AND v.subject_id = t.request_id AND v.is_live = 1
WHERE t.person_id = ?1 AND t.request_id = ?2

-- When the state that it has come to is to be left, and what it is for.
-- statement tuition_request(person_id id, request_id id) rows
SELECT r.due, s.title FROM request r JOIN subject s ON s.id = r.offering_id
WHERE r.person_id = ?1 AND r.id = ?2
