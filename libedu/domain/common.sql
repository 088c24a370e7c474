-- Who may see what: used inside the statements of every module, so that not-yours is not-found.
-- actor is a parameter that is NULL for nobody.

-- fragment acts_for(actor, person)
(person = actor OR EXISTS (SELECT 1 FROM guardian acts WHERE acts.guardian_id = actor
    AND acts.child_id = person AND acts.state = 'active'))

-- fragment has_role(actor, wanted)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND held.role = wanted)

-- fragment has_role_everywhere(actor, wanted)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND held.role = wanted
    AND held.scope = '')

-- What edu_rights tells, and what its functions ask for.
-- fragment keeps_all(actor)
(@has_role_everywhere(actor, 'clerk') OR @has_role_everywhere(actor, 'admin'))

-- fragment keeps_some(actor)
(@has_role_everywhere(actor, 'admin') OR @has_role(actor, 'clerk') OR @has_role(actor, 'school'))

-- fragment imports_pupils(actor)
(@has_role_everywhere(actor, 'admin') OR @has_role(actor, 'school'))

-- fragment sees_allocations(actor)
(@has_role(actor, 'clerk') OR @has_role_everywhere(actor, 'admin'))

-- fragment holds_sittings(actor)
(@has_role(actor, 'steward') OR @sees_allocations(actor))

-- fragment sees_payments(actor)
(@has_role_everywhere(actor, 'finance') OR @has_role_everywhere(actor, 'admin'))

-- fragment merges_persons(actor)
(@keeps_all(actor) OR @has_role(actor, 'clerk'))

-- fragment registers_appeals(actor)
(@has_role(actor, 'clerk') OR @has_role_everywhere(actor, 'admin'))

-- As what @appeal_staff has a head do: also who stands in for one now, and to whom the ladder raised something.
-- fragment leads_appeals(actor, instant)
(@registers_appeals(actor) OR @has_role(actor, 'head')
    OR EXISTS (SELECT 1 FROM role_grant heads WHERE heads.role = 'head'
        AND heads.person_id IN @works_for(actor, instant))
    OR EXISTS (SELECT 1 FROM appeal raised WHERE raised.is_open = 1
        AND raised.raised_to_id IN @works_for(actor, instant)))

-- Whose work the actor does at this time: their own, and of whom they stand in for.
-- fragment works_for(actor, instant)
(SELECT actor UNION ALL SELECT away.person_id FROM substitute away WHERE away.substitute_id = actor
    AND away.since <= instant AND away.until > instant)

-- fragment covers_school(actor, school_code)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND (
    (held.scope = '' AND held.role IN ('admin', 'clerk'))
    OR (held.scope = 'institution' AND held.role = 'school' AND held.code = school_code)
    OR (held.scope = 'region' AND held.role = 'clerk' AND held.code =
        (SELECT covered.region FROM institution covered WHERE covered.code = school_code))))

-- fragment covers_person(actor, person)
EXISTS (SELECT 1 FROM pupil taught WHERE taught.person_id = person
    AND @covers_school(actor, taught.institution))

-- fragment may_see(actor, person)
(@acts_for(actor, person) OR @covers_person(actor, person))

-- fragment is_staff(actor)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor)

-- fragment covers_centre(actor, exam_centre)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND (
    (held.scope = '' AND held.role IN ('admin', 'clerk'))
    OR (held.scope = 'centre' AND held.role = 'steward' AND held.code = exam_centre)
    OR (held.scope = 'region' AND held.role = 'clerk' AND held.code =
        (SELECT covered.region FROM centre covered WHERE covered.code = exam_centre))))

-- Whoever scores works without knowing whose they are sees nobody's while they are judged, whatever else they may do.
-- fragment scores_blind(actor, of_offering)
EXISTS (SELECT 1 FROM panel_member blind JOIN offering_round judged ON judged.offering_id = blind.offering_id
    WHERE blind.offering_id = of_offering AND blind.person_id = actor AND blind.is_blind = 1
        AND judged.state <> 'confirmed')

-- As whom the actor acts for a person; NULL where not at all.
-- fragment acting_as(actor, person)
CASE WHEN person = actor THEN 'self'
    WHEN @acts_for(actor, person) THEN 'guardian'
    WHEN EXISTS (SELECT 1 FROM pupil taught JOIN role_grant held ON held.code = taught.institution
        WHERE taught.person_id = person AND held.person_id = actor AND held.role = 'school'
        AND held.scope = 'institution') THEN 'school'
    WHEN @covers_person(actor, person) THEN 'clerk' END

-- Clerks everywhere submit for those too who are no pupils.
-- fragment submits_as(actor, person)
COALESCE(@acting_as(actor, person),
    CASE WHEN @has_role_everywhere(actor, 'clerk') OR @has_role_everywhere(actor, 'admin') THEN 'clerk' END)

-- Whether a certificate is not revoked, its end, and whether its key was not good when it was signed, withdrawn since or
-- replaced before, as where a clock was wrong: nobody believes it then.
-- fragment certificate_state(one)
one.is_current, one.expires, EXISTS (SELECT 1 FROM signing_key signed WHERE signed.kid = one.key_id
    AND COALESCE(signed.compromised, signed.until) IS NOT NULL
    AND (signed.compromised <= CASE WHEN one.issued < signed.since THEN signed.since ELSE one.issued END
        OR signed.until <= one.issued))
