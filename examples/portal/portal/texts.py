"""What the library's keys and states are called on the pages."""

import re

from .i18n import gettext as _


def N_(text):
    """Marks a text for translation where it stands; it is translated where it is shown."""
    return text


ERRORS = {
    "announcement.not_found": N_("There is no such announcement, or it is withdrawn."),
    "announcement.not_yours": N_("You announce for what belongs to your institution or region. Choose what it concerns."),
    "announcement.withdrawn": N_("It is withdrawn. Write a new one."),
    "announcement.language": N_("The service has no texts in one of these languages. Leave that one empty."),
    "announcement.until": N_("It is shown until later than from when."),
    "admission.not_found": N_("This admission is not there, or it is not yours."),
    "admission.absent": N_("You did not register in time. Ask the institution: it can give you more time."),
    "admission.in_time": N_("They may still register: wait for the end of the time."),
    "admission.came": N_("Their registration runs or is done, or they were taken off the list."),
    "admission.until": N_("Give a day that is ahead."),
    "admission.programme": N_("This institution has no programme of this code."),
    "admission.level": N_("The service has no such level."),
    "admission.funding": N_("The service has no such funding."),
    "admission.year": N_("Write the year as 2026."),
    "admission.score": N_("A score is a number with at most two decimals."),
    "admission.status": N_("The status is admitted or withdrawn."),
    "admission.no_fee": N_("This programme has no fee for this funding yet. Set it first."),
    "admission.twice": N_("This person is admitted to this programme already, by another list or year."),
    "tuition.programme": N_("You keep nothing of this code."),
    "tuition.funding": N_("The service has no such funding."),
    "tuition.amount": N_("A fee is a whole number, 0 or more, in the smallest unit of the currency."),
    "tuition.evidence": N_("A concession needs evidence. Add this document."),
    "tuition.concession": N_("There is no such concession."),
    "tuition.no_fee": N_("The institution has not set the fee of this programme yet. Ask it."),
    "tuition.no_claim": N_("This application claims no concession."),
    "session.refused": N_("The login or the password is wrong, or the account is not active yet."),
    "session.throttled": N_("Too many attempts. Wait a quarter of an hour and try again."),
    "session.bad_code": N_("The code is wrong or too old. Ask for a new one."),
    "session.denied": N_("Your role does not permit this."),
    "session.no_role": N_("Your role does not permit this."),
    "account.bad_password": N_("The present password is wrong."),
    "account.bad_birth": N_("The date of birth is not possible."),
    "account.bad_document":
        N_("A document number has 4 to 32 letters, digits, dashes and slashes."),
    "account.exists": N_("This person has an account already."),
    "account.link_state": N_("This was decided or ended already."),
    "account.own_request": N_("Somebody else must decide about your own request."),
    "sitting.frozen": N_("The list is frozen."),
    "sitting.not_closed":
        N_("Registration is still open: the list can be frozen when it is over."),
    "sitting.nobody": N_("Nobody is registered."),
    "sitting.started": N_("This examination has begun. Make another."),
    "sitting.region": N_("Some people come from a region in which no place is known."),
    "sitting.rooms_taken":
        N_("Another examination got one of the rooms meanwhile. Allocate again."),
    "sitting.not_begun": N_("Who came can be noted once the examination has begun."),
    "sitting.not_over": N_("The examination is not over yet."),
    "sitting.not_allocated": N_("The seats are not confirmed yet."),
    "sitting.closed": N_("This examination is closed: who came stays as it was noted."),
    "sitting.running": N_("Another clerk is allocating just now."),
    "sitting.taken_over": N_("The allocation was taken over by another clerk."),
    "sitting.same_person": N_("Another clerk must confirm: two people are needed."),
    "sitting.nothing_proposed": N_("Nothing is proposed here any more."),
    "olympiad.started": N_("The exam has begun: nobody can withdraw any more."),
    "olympiad.withdrawn": N_("This registration is withdrawn already."),
    "olympiad.code_taken": N_("This code is in use. Choose another."),
    "olympiad.window": N_("Registration must begin before it ends, and end before the exam."),
    "sitting.seed": N_("A seed has 2 to 128 hexadecimal digits."),
    "sitting.other_seed": N_("This is not the seed that was committed to."),
    "sitting.commitment": N_("This must be 64 hexadecimal digits in small letters."),
    "sitting.commit_late": N_("A seed is committed to before applications are over."),
    "sitting.committed": N_("Somebody has committed to a seed already."),
    "sitting.step_free": N_("There are too few step-free seats."),
    "credential.pdf_record": N_("This PDF does not carry a signed document, as those of this portal do. Check "
                                "by the QR code on it, or by its number."),
    "credential.not_text": N_("This file is neither a JSON file nor a PDF of this portal. For a picture of the "
                              "code, choose it as a photo."),
    "credential.file_too_large": N_("The file is larger than any document of this portal."),
    "request.drafts": N_("You have 100 forms that are begun. Send or discard some."),
    "appeal.drafts": N_("You have 20 letters that are begun. Send or discard some."),
    "request.not_yet": N_("Applications are not taken yet."),
    "request.closed": N_("Applications are not taken any more."),
    "request.age": N_("This is for another age."),
    "request.grade": N_("This is for other grades."),
    "request.not_alone": N_("At this age a parent or guardian applies."),
    "request.clash": N_("At these times there is a place elsewhere already."),
    "request.choices": N_("Choose at least one, and not more than are asked for."),
    "request.choice": N_("This cannot be chosen here."),
    "request.choice_twice": N_("This is chosen already."),
    "request.document_missing": N_("This document is missing. Choose a file for it."),
    "request.document_kind": N_("This document is not asked for. Take it out."),
    "request.document_type": N_("By its content the file is of no kind that is asked for here."),
    "request.document_size": N_("The file is too large."),
    "request.document_name": N_("The name of the file is not possible."),
    "request.document_refused": N_("This file is not accepted. Give another."),
    "request.document_unscanned": N_("Files cannot be checked just now. Try again in a few minutes."),
    "request.document_clash": N_(
        "What you chose asks for this document in ways that exclude each other. Choose fewer."),
    "request.documents": N_("There are more of this document than may be given. Take one out."),
    "request.no_document": N_("There is no such document any more."),
    "request.reason": N_("Say why."),
    "request.corrections": N_("Say what is to be corrected."),
    "request.not_editable": N_("This application cannot be corrected now."),
    "request.not_bulk": N_("This is done to one application at a time."),
    "request.not_found": N_("There is no such application."),
    "offering.direction": N_("The service has no such direction."),
    "person.own": N_("Nobody merges their own record; another clerk does it."),
    "person.erased": N_("One of the two is erased."),
    "person.merged": N_("One of the two is merged already."),
    "person.not_registered": N_("The record that stays is in no register, the other one is. Take them the other way."),
    "person.births": N_("The two have two birth dates. Put the register right first."),
    "person.numbers": N_("The two have two numbers. Put the register right first."),
    "person.has_role": N_("The record that does not stay has a role, or stands in for somebody. Take it back first."),
    "person.staff": N_("The record that stays has a role. An administrator merges them."),
    "person.merged_often": N_("Too many were merged into one of the two already."),
    "person.own_guardian": N_("One of the two acts for the other, or has asked to."),
    "person.both_applied": N_("Both have an open application for the same. Withdraw one first."),
    "person.both_enrolled": N_("Both have a place, or wait for one, in the same group. End one first."),
    "person.both_admitted": N_("Both are admitted by one list, or to one programme."),
    "person.both_seated": N_("Both have a seat in one sitting."),
    "person.both_in_season": N_("Both are registered for one round, or have a result of it."),
    "person.both_owe": N_("Both have an invoice for the same. Cancel one first."),
    "person.two_places": N_("The two are to be in two places at one time."),
    "person.clash": N_("Both have a weekly place at one time. End one first."),
    "person.being_placed": N_("Seats or places are being given out just now. Merge them afterwards."),
    "person.own_judge": N_("One of the two scores what the other applied with, or both are on one panel."),
    "person.same": N_("Nobody is merged into themselves."),
    "application.already": N_("There is an open application for this already."),
    "offering.full": N_("No place is free."),
    "round.blind":
        N_("You score works here without knowing whose they are: others keep the round until it is confirmed."),
    "round.not_yours": N_("This is for clerks and for the staff of the institution."),
    "round.not_closed": N_("Applications are still taken: rank when that is over."),
    "round.nobody": N_("There is nobody to rank."),
    "round.unscored": N_("Scores are missing. Fill in all sheets first."),
    "round.unready":
        N_("Some open applications are in a state that cannot be ranked. Decide on them first."),
    "round.proposed": N_("The ranking is proposed. Take it back first."),
    "round.first_come": N_("Places here go to whoever comes first: there is nothing to rank."),
    "round.seed": N_("This is not the seed that was committed to."),
    "round.same_person": N_("Another person must confirm: two are needed."),
    "round.not_proposed": N_("Nothing is proposed here any more."),
    "round.changed":
        N_("Applications have changed since it was proposed. Take the proposal back, and propose anew."),
    "round.closed": N_("A seed is committed to before applications are over."),
    "round.committed": N_("Somebody has committed to a seed already."),
    "round.commitment": N_("This must be 64 hexadecimal digits in small letters."),
    "score.missing": N_("Points are missing here."),
    "score.unknown": N_("There is no such criterion."),
    "score.form": N_("This is no number, or has too many decimals."),
    "score.range": N_("The points are not within the bounds."),
    "score.unknown_application": N_("There is no open application of this person here."),
    "score.not_now": N_("Nothing is scored in the state that this application is in."),
    "score.comment": N_("Nobody would be shown a comment here."),
    "score.sheet": N_("There is no such sheet."),
    "panel.account": N_("Nobody with an account is found. Members sign in to score."),
    "panel.work": N_("This work is not assigned to you any more."),
    "panel.member": N_("This person is not on the panel."),
    "slot.taken":
        N_("Somebody has been told this time already: time and so many places stay."),
    "slot.full": N_("No place is free at this time."),
    "slot.clash": N_("The person is to be elsewhere at that time."),
    "slot.kind": N_("There is no such kind of times."),
    "slot.state": N_("There is no such state."),
    "slot.invalid": N_("Something about this time is not possible."),
    "slot.not_found": N_("There is no such time."),
    "offering.invalid":
        N_("This is not possible. It opens before it closes; ages and grades are in order; a code has a–z, digits, _ and -."),
    "offering.places": N_("More places are held than there would be."),
    "offering.ranked": N_("It is ranked already: its end stays."),
    "offering.institution": N_("There is no institution of this code."),
    "offering.region": N_("There is no region of this code."),
    "offering.round": N_("There is no such competition."),
    "offering.not_yours": N_("You may keep what belongs to your institution or region."),
    "offering.not_found": N_("There is no such thing to apply for, or it is not yours."),
    "offering.documents": N_(
        "Nobody could give this document as it is asked for. It has a code (a–z, digits, _ and -), a name in every "
        "language, at least one kind of file, up to 10 MB, and counts in order that the service does not exclude."),
    "offering.times":
        N_("A weekly time has a day, a beginning and a later end; times do not overlap."),
    "offering.followed": N_("Another follows this already."),
    "offering.follows": N_("There is no such offering of yours to follow."),
    "request.no_receipt": N_("Nobody has submitted this application."),
    "carry.follows": N_("This follows no other offering."),
    "carry.none": N_("In this service nobody goes on to what follows."),
    "carry.unpublished": N_("Publish it first, so that those who are offered a place can see it."),
    "carry.form": N_("The form asks for other things than it did; a new application is needed."),
    "reference.no_type": N_("There is no such type of reference."),
    "reference.not_found": N_("There is no such reference or person."),
    "reference.record": N_("This reference is not made from such a record."),
    "reference.choose": N_("There are several records; choose one of them."),
    "reference.waiting": N_("You have asked for this already; a clerk looks into it."),
    "reference.decided": N_("This request is decided already."),
    "register.not_found": N_("There is no such register."),
    "register.no_record": N_("There is no such record."),
    "register.missing": N_("A value is missing."),
    "register.integer": N_("This is no whole number within the bounds."),
    "register.decimal": N_("This is no number within the bounds."),
    "register.date": N_("A date is written 2025-09-15 or 15.09.2025."),
    "register.choice": N_("There is no such choice."),
    "csv.other_file": N_("This is a spreadsheet or another file. Save it as “CSV UTF-8”."),
    "register.column": N_("The register has no such column."),
    "register.same": N_("Another record of this person says the same."),
    "register.ended": N_("This record was taken out."),
    "import.no_institutions": N_("This register has no institutions."),
    "appeal.template": N_("The rules have no such template."),
    "appeal.not_to_sign": N_("Only an open appeal with a name is signed by others."),
    "appeal.signed": N_("This appeal has your signature already."),
    "appeal.signatories": N_("There are as many signatories as there may be."),
    "access.title": N_("You have a token of this name. Give it another, or end that one."),
    "access.most": N_("You have 20 tokens. End one first."),
    "bulk.items": N_("Choose up to 200 at once."),
    "bulk.refused": N_("It was refused when this was done."),
    "appeal.not_found": N_("There is no such appeal."),
    "calendar.not_found": N_("No calendar of working days is published yet."),
    "appeal.no_rules": N_("No rules of appeals are published yet."),
    "appeal.not_in_register": N_("Nobody in the register has this number; give the names instead."),
    "appeal.needs_name": N_("Appeals of this category are made with a name."),
    "appeal.only_staff": N_("Only staff may give this for somebody."),
    "appeal.no_extension": N_("The term of this appeal cannot be extended, or not again."),
    "appeal.extension_count": N_("The term cannot be extended by so much."),
    "appeal.needs_approval": N_("This answer is approved before it is sent."),
    "appeal.answer_changed": N_("The answer was written anew in the meantime. Read it again."),
    "appeal.own_answer": N_("Who wrote the answer does not approve it."),
    "appeal.too_late": N_("It is too late to reopen this appeal; make a new one."),
    "appeal.anonymous": N_("The appeal names nobody who could be asked."),
    "appeal.nobody_there": N_("No executor of this department is there now."),
    "appeal.same_department": N_("The appeal is with this department already."),
    "appeal.only_take": N_("An executor can take what waits, for themselves."),
    "appeal.not_executor": N_("This person does not work in the appeal's department."),
    "appeal.merge_self": N_("An appeal is not merged into itself."),
    "appeal.merge_closed": N_("The other appeal is closed; nothing can be merged into it."),
    "appeal.merge_main": N_("Others are merged into this appeal; merge the other into it instead."),
    "appeal.search_both": N_("Give a number or words, or the personal number: not both."),
    "appeal.absence": N_("An absence begins, ends after that, and lasts at most three years."),
    "appeal.draft_size": N_("What was begun is too long to be kept."),
    "appeal.search": N_("There is no word or number in this."),
    "appeal.period": N_("A period begins, and ends behind that."),
    "statistics.period": N_("A period begins, and ends behind that, within twenty years."),
    "appeal.intake": N_("Something here is not possible."),
    "appeal.unknown": N_("The rules have nothing of this name."),
    "workflow.not_from_here": N_("This is not possible any more as things stand. Look at it again."),
    "workflow.not_by_you": N_("Your role does not permit this."),
    "appeal.file_type": N_("The file is no PDF, JPEG or PNG."),
    "appeal.file_size": N_("The file is larger than 5 MB."),
    "appeal.files": N_("There are as many files as there may be."),
    "appeal.file_name": N_("The name of the file is not possible."),
    "workflow.definition": N_("This is not possible here. Look at what you gave again."),
    "calendar.beyond": N_("The calendar does not reach so far."),
    "application.not_found": N_("There is no such application."),
    "application.changed": N_("Somebody changed this meanwhile. Look at it again."),
    "csv.unknown_column": N_("A column of the file is not known here."),
    "csv.missing_column": N_("A column is missing in the file."),
    "csv.double_column": N_("A column stands twice in the file."),
    "csv.field_count": N_("The line has another number of fields than the header."),
    "csv.not_utf8": N_("The file is not UTF-8. Save it as CSV UTF-8."),
    "csv.line_too_long": N_("The line is too long."),
    "import.duplicate": N_("This stands in the file twice."),
    "import.unknown_region": N_("There is no such region."),
    "import.unknown_institution": N_("There is no such institution."),
    "import.unknown_centre": N_("There is no such centre."),
    "import.unknown_person": N_("This person is not in the persons' register."),
    "import.bad_number": N_("The personal number is not of its form."),
    "import.bad_grade": N_("A grade is 1 to 12."),
    "import.bad_birth": N_("A date of birth is written as 2012-03-27."),
    "import.bad_seat": N_("A seat is written as C4, within the rows and columns of its room."),
    "import.room_in_use": N_("The room is used by an allocation; its seats cannot change."),
    "import.bad_degrees": N_("Latitude and longitude are degrees with up to 7 decimals."),
    "core.missing": N_("This cannot be left empty."),
    "core.too_long": N_("This is too long."),
    "account.login_taken": N_("This login is taken. Choose another."),
    "account.bad_login": N_("A login has 3 to 64 of a–z, 0–9, dot, dash, underscore and @."),
    "account.bad_code": N_("The code is wrong or too old. Ask for a new one."),
    "account.weak_password": N_("The password must have 10 to 200 characters and differ from the "
                                "login."),
    "account.bad_number": N_("A personal number (FIN) has 7 letters and digits, without I and O."),
    "olympiad.not_a_pupil": N_("Only pupils of the register can take part."),
    "olympiad.wrong_grade": N_("This olympiad is for other grades."),
    "olympiad.not_yet": N_("Registration has not begun yet."),
    "olympiad.closed": N_("Registration is over."),
    "olympiad.already": N_("This pupil is registered already."),
    "olympiad.clash": N_("This pupil has another olympiad at the same time."),
    "olympiad.by_invitation": N_("Only those who are invited take part in this round."),
    "olympiad.answered": N_("This invitation is answered already."),
    "import.bad_points": N_("Points are a number from 0 to the problem's maximum."),
    "import.points_missing": N_("Points are missing. Write 0 for none, or absent 1."),
    "import.absent_points": N_("Who was absent has no points."),
    "import.not_for_grade": N_("This problem is not for the pupil's grade."),
    "import.unknown_number": N_("No admission slip or code of this round has this number."),
    "import.unknown_award": N_("The rules have no such award."),
    "import.bad_bool": N_("0 or 1 is expected."),
    "result.rules": N_("The rules are not of their form here:"),
    "result.no_rules": N_("Set the rules of the round first."),
    "result.none": N_("There are no results yet."),
    "result.missing": N_("Some pupils have neither points nor an absence yet."),
    "result.not_published": N_("The results are not published yet."),
    "result.published": N_("The results are published."),
    "result.proposed": N_("Publication is proposed. Take that back first."),
    "result.approved": N_("Publication is approved, and its time has not come."),
    "result.not_proposed": N_("Publication is not proposed."),
    "result.publish_at": N_("Publish from now on or within the next 400 days."),
    "result.problems": N_("Results are there already: the problems no longer change."),
    "result.code_too_long": N_("With this award's title the certificate's QR code can get too long. Shorten it."),
    "result.points": N_("Points are a number from 0 to the problem's maximum, such as 6 or 6.5."),
    "result.points_missing": N_("Points of a problem are missing."),
    "result.same_person": N_("Another clerk must confirm: two people are needed."),
    "result.correction_waits": N_("A correction of this result waits for a second clerk already."),
    "result.decided": N_("This is decided already."),
    "result.appealed": N_("There is an appeal on this result already."),
    "result.no_appeals": N_("The rules of this round have no appeals."),
    "result.appeals_closed": N_("The time for appeals is over."),
    "result.appeal_decided": N_("This appeal is decided, or waits for the second clerk."),
    "result.no_next": N_("The rules name no next round that is there."),
    "result.next_draft": N_("The next round is not published yet."),
    "result.not_blind": N_("The rules of this round are not blind."),
    "certificate.no_match": 
        N_("No document has this number and this birth date. Compare both with the paper."),
    "certificate.not_found": N_("There is no such certificate."),
    "certificate.revoked": N_("This certificate is revoked already."),
    "certificate.no_paper": N_("This document was revoked: there is no paper of it any more."),
    "certificate.not_genuine": N_("This is no genuine document of this portal."),
    "certificate.asked": N_("Its revocation waits for a second clerk already."),
    "certificate.same_person": N_("Another clerk must confirm: two people are needed."),
    "certificate.operator": N_("Sign in as a person to ask for this."),
    "reference.outdated": N_("This reference cannot be made at the moment. Tell whoever runs the portal."),
    "certificate.no_place": N_("The status list has no free place. Try again."),
    "certificate.no_list": N_("There is no such list."),
    "security.signer": N_("What signs documents does not answer rightly. Tell whoever runs the portal."),
    "security.signer_command": N_(
        "What signs documents does not answer rightly. Tell whoever runs the portal."),
    "key.no_signer": N_(
        "What signs documents does not answer rightly. Tell whoever runs the portal."),
    "payment.not_found": N_("There is no such invoice."),
    "payment.not_open": N_("Nothing of this invoice is due any more."),
    "payment.too_much": N_("This is more than there is."),
    "payment.partly_paid":
        N_("A part was paid: waive what remains, and give back what was paid."),
    "payment.not_payer": N_("Who owes it pays, or who acts for them."),
    "payment.no_provider": N_("Nothing can be paid online here yet."),
    "payment.command": N_("The bank does not answer. Try again later."),
    "payment.invoiced": N_("There is an invoice for this already."),
    "payment.difference_closed": N_("Somebody has closed this already."),
    "payment.invalid": N_("Something here is not possible."),
    "command.key_reused": N_("This form was sent before with other answers. Begin again."),
}

STATES = {
    "draft": N_("Draft"), "announced": N_("Announced"), "open": N_("Registration open"),
    "closed": N_("Registration closed"), "frozen": N_("List frozen"),
    "proposed": N_("Seats proposed"), "confirming": N_("Being confirmed"),
    "allocated": N_("Seats allocated"), "running": N_("Being allocated"),
    "confirmed": N_("Confirmed"), "discarded": N_("Discarded"), "failed": N_("Failed"),
    "registered": N_("Registered"), "withdrawn": N_("Withdrawn"),
    "requested": N_("Waiting for the school"), "active": N_("Active"), "refused": N_("Refused"),
    "ended": N_("Ended"), "valid": N_("Valid"), "revoked": N_("Revoked"), "done": N_("Revoked"),
    "applied": N_("Applied"), "closing": N_("Being closed"), "held": N_("Held"),
}

MARKING = {"none": N_("No rules yet"), "open": N_("Results being entered"),
           "proposed": N_("Publication proposed"), "approved": N_("Publication approved"),
           "published": N_("Results published")}

APPEALS = {"open": N_("Waits for a decision"), "marked": N_("Waits for the second clerk"),
           "upheld": N_("Appeal upheld"), "rejected": N_("Appeal rejected")}

# Reasons that the library writes itself; others were typed by a clerk.
REASONS = {"replaced": N_("replaced by a newer one"),
           "result corrected": N_("the result was corrected"),
           "corrected": N_("the record that it was made from was corrected"),
           "ended": N_("the record that it was made from was taken out"),
           "appeal": N_("marked anew after an appeal"), "import": N_("entered again")}

# Fields that a document signs.
FIELDS = {"pupil": N_("Pupil"), "exam": N_("Exam"), "starts": N_("Begins"), "centre": N_("Centre"),
          "room": N_("Room"), "seat": N_("Seat"), "variant": N_("Variant"),
          "holder": N_("Holder"), "award": N_("Award"), "total": N_("Points"), "rank": N_("Rank"),
          "institution": N_("Institution"), "university": N_("University"), "programme": N_("Programme"),
          "subject": N_("Subject"), "year": N_("Year"), "until": N_("Ended on"), "state": N_("State"),
          "credentialSubject.application": N_("Application"),
          "credentialSubject.service": N_("Service"),
          "credentialSubject.received": N_("Received"),
          "credentialSubject.submitted": N_("What was sent (SHA-256)"),
          "credentialSubject.documents": N_("Documents (SHA-256)"),
          "credentialSubject.chain": N_("Chain of the application (SHA-256)"),
          "issuer.name": N_("Issued by"),
          "credentialSubject.identifier.0.identityHash": N_("Holder"),
          "credentialSubject.achievement.name": N_("Award"),
          "credentialSubject.achievement.description": N_("For"),
          "credentialSubject.achievement.criteria.narrative": N_("Rule")}

# What a check found: in a word, what it means, what to do.
VERDICTS = {
    "valid": (N_("Genuine and in force"), N_("Signed by this portal, unaltered, and not revoked."),
              N_("Compare what stands here with the paper.")),
    "revoked": (N_("Revoked"), N_("This portal had issued it, and has revoked it since."),
                N_("Do not accept it. Ask the holder for the one in force.")),
    "expired": (N_("No longer valid"), N_("It is genuine and unaltered, but its validity is over."),
                N_("Ask the holder for a new one.")),
    "status_unknown": (N_("Genuine, but perhaps revoked"),
                       N_("Signed by this portal and unaltered; whether it was revoked is not known here."),
                       N_("Do not rely on it yet. Check again later, or ask the ministry by its number.")),
    "bad_signature": (N_("Not genuine"),
                      N_("The signature does not hold: the document was altered or forged."),
                      N_("Do not accept it.")),
    "unknown_key": (N_("Not of this portal"),
                    N_("It was not signed with a key of this portal, or with one that was withdrawn."),
                    N_("Do not accept it. If it is new, ask the holder to have it issued again.")),
    "unreadable": (N_("Not readable"),
                   N_("This is neither the text of a document's QR code nor its file, or part of it is "
                      "missing."),
                   N_("Read the code again, close and sharp, or check by the number below the code.")),
}

TITLES = {
    400: N_("Something is wrong with what was sent"), 403: N_("This is not for your role"),
    404: N_("Page not found"), 409: N_("This is not possible now"),
    413: N_("This is too large"), 429: N_("Too many attempts"),
    500: N_("Something went wrong"), 503: N_("The portal is busy"),
}

ROLES = {"admin": N_("Administrator"), "clerk": N_("Clerk"), "school": N_("School"),
         "steward": N_("Steward of a centre"), "executor": N_("Executor"),
         "head": N_("Head of a department"), "finance": N_("Finance")}


def state(code):
    return _(STATES.get(code, code))


def sitting_state(code):
    """Of an examination that a service holds: no window of registration is its own."""
    planned = code in ("announced", "open", "closed")
    return _("Planned") if planned else state(code)


def role(code):
    return _(ROLES.get(code, code))


# What somebody else has read of a person, as the library calls it.
READ = {"person": N_("Name, birth date and school"), "applications": N_("The list of applications"),
        "application": N_("An application"), "admission": N_("An admission"), "draft": N_("A form not sent yet"),
        "document": N_("A document of an application"), "certificates": N_("The list of certificates"),
        "certificate": N_("A certificate"), "eligibility": N_("Whether they may register"),
        "appeals": N_("The list of appeals"), "appeal": N_("An appeal"), "register": N_("Records of registers"),
        "invoices": N_("The list of invoices"), "invoice": N_("An invoice"), "results": N_("Results"),
        "result_appeal": N_("An appeal about a result"), "references": N_("References"),
        "seat": N_("A seat at an examination"), "work": N_("A work, to judge it"),
        "readings": N_("Who has looked"), "everything": N_("Everything that is held")}


def read(code):
    return _(READ.get(code, code))


def reader(one):
    """Who has read."""
    if one.what == "work" and not one.reader_id:
        return _("A member of a panel")
    if one.roles == "operator":
        return _("The operator of the portal")
    return one.reader or _("Somebody whose data was erased since")


def reader_roles(one):
    """As what."""
    roles = {"guardian": _("guardian"), "operator": ""} | {code: role(code) for code in ROLES}
    return ", ".join(filter(None, (roles.get(code, code) for code in one.roles.split())))


def scopes():
    """Where a role may hold."""
    return {"": _("everywhere"), "region": _("in a region"), "institution": _("at an institution"),
            "centre": _("at an exam centre"), "department": _("in a department")}


def marking_state(code):
    return _(MARKING.get(code, code))


def appeal_state(code):
    return _(APPEALS.get(code, code))


def reason(text):
    return _(REASONS[text]) if text in REASONS else text


def field(code):
    return _(FIELDS.get(code, code))


def fault(one):
    """Of a line of a file, which is told beside it."""
    return error_text_of(one.key, one.message)


def verdict(status):
    return tuple(_(part) for part in VERDICTS[status])


RESULT = re.compile(r"(credentialSubject\.result\.\d+)\.value")
NAME_OF_RESULT = re.compile(r"(credentialSubject\.achievement\.resultDescription\.\d+)\.name")


def signed_fields(fields):
    """What people look for in a document: (label, value) each. A record names its results itself."""
    names = {fields.get(f"{found.group(1)}.id"): value for path, value in fields.items()
             if (found := NAME_OF_RESULT.fullmatch(path))}
    shown = []
    for path, value in fields.items():
        result = RESULT.fullmatch(path)
        if result:
            shown.append((names.get(fields.get(f"{result.group(1)}.resultDescription"), path), value))
        elif path in FIELDS or "@context.0" not in fields:
            shown.append((field(path), value))
    return shown


# What is not published yet, and how it is.
COMMANDS = {"appeal.no_rules": "edu publish appeals FILE", "calendar.not_found": "edu publish calendar FILE"}


def error_title(status, key=None):
    return _("Not open yet") if key in COMMANDS else _(TITLES.get(status, TITLES[400 if status < 500 else 500]))


def error_hint(status):
    """Where the library has said nothing."""
    return _("There is no such page, or it is not for you. Check the address, or begin at the home page.") \
        if status == 404 else None


FORM_ERRORS = {
    "form.required": N_("Answer this."),
    "form.required_with": N_("Answer this too."),
    "form.type": N_("This is not of the kind that is asked for."),
    "form.type.integer": N_("Give a whole number."),
    "form.type.number": N_("Give a number."),
    "form.not_value": N_("Here only one answer is possible."),
    "form.not_listed": N_("Choose one of the answers."),
    "form.too_short": N_("Write at least %(limit)s characters."),
    "form.too_long": N_("Write at most %(limit)s characters."),
    "form.pattern": N_("This is not written as it should be."),
    "form.format": N_("This is not written as it should be."),
    "form.format.date": N_("Give a day, for example 27 3 2012."),
    "form.format.email": N_("Give a mail address, for example leyla@example.az."),
    "form.format.uri": N_("Give a whole address, for example https://example.az/."),
    "form.too_small": N_("Give %(limit)s or more."),
    "form.too_large": N_("Give %(limit)s or less."),
    "form.not_above": N_("Give more than %(limit)s."),
    "form.not_below": N_("Give less than %(limit)s."),
    "form.not_multiple": N_("Give a multiple of %(limit)s."),
    "form.too_few_items": N_("Give at least %(limit)s."),
    "form.too_many_items": N_("Give at most %(limit)s."),
    "form.double_item": N_("This stands here twice."),
    "form.unexpected": N_("This is not asked for."),
    "form.not_allowed": N_("This is not possible with the other answers."),
    "form.excluded": N_("This is not possible with the other answers."),
    "form.no_variant": N_("These answers do not fit together."),
    "form.several_variants": N_("These answers do not fit together."),
}


def form_error(error):
    """An error of a form's report, as edu.form_accept tells it, in the reader's language."""
    parameters = error["parameters"]
    more = (parameters.get("expected") or [parameters.get("format")])[0]
    known = FORM_ERRORS.get(f"{error['key']}.{more}") or FORM_ERRORS.get(error["key"])
    if known is None or ("%(" in known and "limit" not in parameters):
        return error["message"]
    return _(known) % parameters


FILE_KINDS = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}


def document_hint(kind):
    """Of which kinds, how large and how many files may be."""
    most = kind["bytes_max"]
    size = f"{round(most / (1 << 20), 1):g} MB" if most >= 1 << 20 else f"{max(most // 1024, 1)} KB"
    text = _("%(kinds)s, up to %(size)s") % {
        "kinds": ", ".join(FILE_KINDS[one] for one in kind["types"]), "size": size}
    if kind["most"] > 1:
        text += "; " + _("up to %(count)s files") % {"count": kind["most"]}
    return text


# What a merger moves, and what somebody is known by.
MOVED = {"applications": N_("Applications"), "drafts": N_("Forms not sent yet"), "documents": N_("Documents"),
         "guardianships": N_("Family links"), "schools": N_("School"), "register_records": N_("Records of registers"),
         "admissions": N_("Admissions"), "seats": N_("Seats at examinations"), "results": N_("Results"),
         "certificates": N_("Certificates and references"), "invoices": N_("Invoices"),
         "notifications": N_("Notifications")}
IDENTIFIERS = {"number": N_("Has a number"), "document": N_("Has a document"), "mail": N_("Has a mail address"),
               "phone": N_("Has a telephone")}
WHOSE_ACCOUNT = {"none": N_("neither has one"), "kept": N_("that of the record that stays"),
                 "merged": N_("that of the other record goes on"),
                 "both": N_("that of the record that stays; the other's ends")}


MADE = {"school": N_("Made by the school for the applicant"), "clerk": N_("Made by a clerk for the applicant")}


def made(shown):
    """Who made it for somebody by their work; staff are told the name."""
    text = _(MADE[shown.made_as])
    by = getattr(shown, "made_by", None)
    return f"{text}: {by}" if by else text


def moved(name):
    return _(MOVED.get(name, name))


def identifier(name):
    return _(IDENTIFIERS.get(name, name))


def whose_account(code):
    return _(WHOSE_ACCOUNT.get(code, code))


def yes():
    return _("Yes")


def no():
    return _("No")


def error_text_of(key, message):
    """What a key of the library is called, else its own words."""
    return _(ERRORS[key]) if key in ERRORS else message


def fault_text(fault):
    """Of a list of what is lacking or refused."""
    return error_text_of(fault["key"], fault["message"])


def document_fault(fault):
    """With those of the chosen that object."""
    askers = fault["parameters"].get("offerings")
    text = fault_text(fault)
    return f"{text} ({', '.join(askers)})" if askers else text


def error_text(error):
    """The reader's language where the key has a text, else the library's own words."""
    if error is None:
        return None
    known = ERRORS.get(error.key)
    text = _(known) if known else str(error)
    named = re.search(r'"(.+?)"', str(error)) if known and error.line else None
    if named:
        text += f" ({named.group(1)})"
    if error.line:
        return _("Line %(line)d: %(text)s") % {"line": error.line, "text": text}
    return text
