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

-- fragment covers_school(actor, school)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor AND (
    (held.scope = '' AND held.role IN ('admin', 'clerk'))
    OR (held.scope = 'institution' AND held.role = 'school' AND held.code = school)
    OR (held.scope = 'region' AND held.role = 'clerk' AND held.code =
        (SELECT covered.region FROM institution covered WHERE covered.code = school))))

-- fragment covers_person(actor, person)
EXISTS (SELECT 1 FROM pupil taught WHERE taught.person_id = person
    AND @covers_school(actor, taught.institution))

-- fragment may_see(actor, person)
(@acts_for(actor, person) OR @covers_person(actor, person))

-- fragment is_staff(actor)
EXISTS (SELECT 1 FROM role_grant held WHERE held.person_id = actor)
