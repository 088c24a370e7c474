/** @file edu.h
 *  Everything of libedu in one include.
 *  @since 0.1.0 */
#ifndef EDU_H
#define EDU_H

#include <edu/status.h>
#include <edu/types.h>
#include <edu/portal.h>
#include <edu/account.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/sitting.h>
#include <edu/olympiad.h>
#include <edu/allocation.h>
#include <edu/credential.h>
#include <edu/form.h>
#include <edu/certificate.h>
#include <edu/result.h>
#include <edu/appeal.h>
#include <edu/register.h>
#include <edu/reference.h>
#include <edu/payment.h>
#include <edu/offering.h>
#include <edu/announcement.h>
#include <edu/request.h>
#include <edu/round.h>
#include <edu/slot.h>
#include <edu/tuition.h>
#include <edu/admission.h>
#include <edu/statistics.h>
#include <edu/person.h>
#include <edu/privacy.h>

#endif
