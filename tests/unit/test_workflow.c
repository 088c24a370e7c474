/* Definitions, and the chain of an application's events. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <edu/application.h>
#include "fail_later.h"
#include "fixture.h"
#include "parse.h"
#include "workflow/workflow.h"
#include "../tap.h"

/* ---- definitions ---- */

static const char good[] =
    "{'service':'trip','title':{'en':'Trip','az':'Gəzinti'},'summary':{'en':'S','az':'S'},"
    "'rules':[{'en':'R','az':'R'}],"
    "'stages':[{'state':'asked','title':{'en':'T','az':'T'},'text':{'en':'X','az':'X'}}],"
    "'states':{'asked':{'title':{'en':'A','az':'A'}},"
    "'done':{'title':{'en':'D','az':'D'},'is_terminal':true}},"
    "'actions':{'ask':{'title':{'en':'A','az':'A'},'from':[null],'to':'asked',"
    "'by':['self','guardian'],'notify':[{'template':'t','channels':['portal','mail']}]},"
    "'end':{'title':{'en':'E','az':'E'},'from':['asked'],'to':'done','by':['clerk']}},"
    "'templates':{'t':{'title':{'en':'T','az':'T'},'text':{'en':'Hi {who}','az':'Salam {who}'}}}}";

/* The good text with one part replaced. */
static json_t *changed(const char *from, const char *to)
{
    return parse_changed(good, from, to);
}

START_TEST(a_good_definition_answers)
{
    json_t *json = parse(good);
    ei_definition *definition;
    ck_assert_int_eq(ei_definition_make(json, &definition, NULL), EDU_OK);
    json_decref(json);
    ei_action action;
    ck_assert_int_eq(ei_definition_allow(definition, "ask", NULL, "self", &action, NULL), EDU_OK);
    ck_assert_str_eq(action.to, "asked");
    ck_assert(action.creates && !action.ends && action.notices[0].by_mail);
    ck_assert_int_eq(ei_definition_allow(definition, "end", "asked", "clerk", &action, NULL),
                     EDU_OK);
    ck_assert(action.ends);
    ck_assert_int_eq(ei_definition_allow(definition, "ask", NULL, "clerk", &action, NULL),
                     EDU_E_DENIED);
    ck_assert_int_eq(ei_definition_allow(definition, "end", NULL, "clerk", &action, NULL),
                     EDU_E_STATE);
    ck_assert_int_eq(ei_definition_allow(definition, "end", "done", "clerk", &action, NULL),
                     EDU_E_STATE);
    ck_assert_int_eq(ei_definition_allow(definition, "fly", NULL, "self", &action, NULL),
                     EDU_E_STATE);
    ei_definition_free(definition);
}
END_TEST

static const struct {
    const char *from, *to, *pointer;
} faults[] = {
    {"'service':'trip'", "'service':'Trip!'", "/service"},
    {"'service':'trip',", "", "/service"},
    {"'service':'trip'", "'service':'trip','color':1", "/color"},
    {"'title':{'en':'Trip','az':'Gəzinti'}", "'title':{}", "/title"},
    {"'service':'trip'", "'service':'trip','fail':'end'", "/place"},
    {"'service':'trip'", "'service':'trip','is_ranking_public':true", "/place"},
    {"'service':'trip'", "'service':'trip','place':'end'", "/place"},
    {"'by':['clerk']}},", "'by':['system']}},'place':'end',", "/place"},
    {"'service':'trip'", "'service':'trip','slots':{'talk':{}}", "/slots/talk/title"},
    {"'service':'trip'",
     "'service':'trip','slots':{'talk':{'title':{'en':'T','az':'T'},'template':'none'}}",
     "/slots/talk/template"},
    {"'by':['clerk']}},", "'by':['system']}},'place':'end','request':{},", "/place"},
    {"'by':['clerk']}},",
     "'by':['system']}},'place':'end','request':{},'ranking':['submitted'],'fail':'ask',", "/fail"},
    {"'title':{'en':'Trip','az':'Gəzinti'}", "'title':'Trip'", "/title"},
    {"'summary':{'en':'S','az':'S'}", "'summary':{'en':'S'}", "/summary/az"},
    {"'summary':{'en':'S','az':'S'}", "'summary':{'en':'S','az':'S','ru':'S'}", "/summary/ru"},
    {"'summary':{'en':'S','az':'S'}", "'summary':{'en':7,'az':'S'}", "/summary/en"},
    {"'rules':[{'en':'R','az':'R'}]", "'rules':[]", "/rules"},
    {"'rules':[{'en':'R','az':'R'}]", "'rules':[{'en':'','az':'R'}]", "/rules/0/en"},
    {"'state':'asked'", "'state':'gone'", "/stages/0/state"},
    {"'text':{'en':'X','az':'X'}", "'text':{'en':'X'}", "/stages/0/text/az"},
    {"'asked':{'title':{'en':'A','az':'A'}}", "'asked':{}", "/states/asked/title"},
    {"'is_terminal':true", "'is_terminal':'yes'", "/states/done/is_terminal"},
    {"'is_terminal':true", "'final':true", "/states/done/final"},
    {"'is_terminal':true", "'is_terminal':false", "/states/done"},
    {"'asked':{'title'", "'lost':{'title':{'en':'L','az':'L'}},'asked':{'title'", "/states/lost"},
    {"'from':[null]", "'from':[]", "/actions/ask/from"},
    {"'from':['asked']", "'from':['nowhere']", "/actions/end/from/0"},
    {"'from':['asked']", "'from':['done']", "/actions/end/from/0"},
    {"'to':'done'", "'to':'gone'", "/actions/end/to"},
    {"'by':['clerk']", "'by':['king']", "/actions/end/by/0"},
    {"'by':['clerk']", "'by':[]", "/actions/end/by"},
    {"'template':'t'", "'template':'u'", "/actions/ask/notify/0/template"},
    {"'channels':['portal','mail']", "'channels':['mail']", "/actions/ask/notify/0/channels"},
    {"'channels':['portal','mail']", "'channels':['portal','pigeon']",
     "/actions/ask/notify/0/channels"},
    {"Hi {who}", "Hi {who", "/templates/t/text/en"},
    {"Hi {who}", "Hi {}", "/templates/t/text/en"},
    {"Hi {who}", "Hi who}", "/templates/t/text/en"},
    {"'templates':{'t':", "'templates':{'T t':", "/templates/T t"},
};

START_TEST(a_fault_is_named_with_its_place)
{
    json_t *json = changed(faults[_i].from, faults[_i].to);
    ei_definition *definition;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(ei_definition_make(json, &definition, &error), EDU_E_INVALID);
    ck_assert_str_eq(error.field, faults[_i].pointer);
    json_decref(json);
}
END_TEST

/* ---- faults of the services of the examples ---- */

#define T "{'az':'T','en':'T','ru':'T'}"

/* An action of the system by which the state stays what it is. */
#define HOLD "{'title':" T ",'from':['submitted'],'to':null,'by':['system']}"

/* What is laid over a service, with null for a part that is taken away, and where that is a fault.
 */
static const spoilt_case spoilt[] = {
    /* states and their deadlines */
    {"services/school_bus", "{'states':[]}", "/states"},
    {"services/school_bus", "{'states':{'Submitted':{}}}", "/states/Submitted"},
    {"services/school_bus", "{'states':{'submitted':1}}", "/states/submitted"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'unit':'weeks'}}}}",
     "/states/submitted/deadline/unit"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'unit':5}}}}",
     "/states/submitted/deadline/unit"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'unit':null}}}}",
     "/states/submitted/deadline/unit"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'count':0}}}}",
     "/states/submitted/deadline/count"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'count':1000000000000}}}}",
     "/states/submitted/deadline/count"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'warn_percent':0}}}}",
     "/states/submitted/deadline/warn_percent"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'warn_percent':101}}}}",
     "/states/submitted/deadline/warn_percent"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'warn_percent':'75'}}}}",
     "/states/submitted/deadline/warn_percent"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'warn':7}}}}",
     "/states/submitted/deadline/warn"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'warn':{'template':7}}}}}",
     "/states/submitted/deadline/warn"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'warn':{'template':'none'}}}}}",
     "/states/submitted/deadline"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'late':{'template':'none'}}}}}",
     "/states/submitted/deadline"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'late':{'to':'king'}}}}}",
     "/states/submitted/deadline/late/to"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'late':{'to':7}}}}}",
     "/states/submitted/deadline/late/to"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'then':'approve'}}}}",
     "/states/submitted/deadline/then"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'then':'lapse'}}}}",
     "/states/submitted/deadline/then"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'then':'none'}}}}",
     "/states/submitted/deadline/then"},
    {"services/school_bus", "{'states':{'submitted':{'deadline':{'then':7}}}}",
     "/states/submitted/deadline/then"},
    {"services/school_bus", "{'states':{'approved':{'deadline':{'unit':'days','count':1}}}}",
     "/states/approved/deadline"},
    {"services/school_bus", "{'calendar':null}", "/calendar"},
    {"services/school_bus", "{'calendar':'A Z'}", "/calendar"},
    {"services/school_bus", "{'calendar':7}", "/calendar"},
    {"services/school_bus", "{'states':{'submitted':{'counts_as':'paid'}}}", "/states/submitted"},
    {"services/admission", "{'states':{'paid':{'counts_as':'owed'}}}", "/states/paid/counts_as"},
    {"services/admission", "{'states':{'paid':{'counts_as':7}}}", "/states/paid/counts_as"},
    /* actions */
    {"services/school_bus", "{'actions':{'Fly':{}}}", "/actions/Fly"},
    {"services/school_bus", "{'actions':[]}", "/actions"},
    {"services/school_bus", "{'actions':{'approve':7}}", "/actions/approve"},
    {"services/school_bus", "{'actions':{'approve':{'title':7}}}", "/actions/approve/title"},
    {"services/school_bus", "{'actions':{'approve':{'button':{'en':null}}}}",
     "/actions/approve/button/en"},
    {"services/school_bus", "{'actions':{'approve':{'after_end':1}}}",
     "/actions/approve/after_end"},
    {"services/school_bus", "{'actions':{'approve':{'is_internal':1}}}",
     "/actions/approve/is_internal"},
    {"services/school_bus", "{'actions':{'approve':{'is_bulk':1}}}", "/actions/approve/is_bulk"},
    {"services/school_bus", "{'actions':{'approve':{'submits':1}}}", "/actions/approve/submits"},
    {"services/school_bus", "{'actions':{'approve':{'from':[7]}}}", "/actions/approve/from/0"},
    {"services/school_bus", "{'actions':{'approve':{'from':'submitted'}}}",
     "/actions/approve/from"},
    {"services/school_bus", "{'actions':{'submit':{'to':7}}}", "/actions/submit/to"},
    {"services/school_bus", "{'actions':{'approve':{'by':[7]}}}", "/actions/approve/by/0"},
    {"services/school_bus", "{'actions':{'approve':{'asks':'reason'}}}", "/actions/approve/asks"},
    {"services/school_bus", "{'actions':{'approve':{'asks':['money']}}}",
     "/actions/approve/asks/0"},
    {"services/school_bus", "{'actions':{'approve':{'asks':['reason',7]}}}",
     "/actions/approve/asks/1"},
    {"services/school_bus", "{'actions':{'approve':{'giving':'lottery'}}}",
     "/actions/approve/giving"},
    {"services/school_bus", "{'actions':{'approve':{'giving':7}}}", "/actions/approve/giving"},
    {"services/school_bus", "{'actions':{'approve':{'concession':'ask'}}}",
     "/actions/approve/concession"},
    {"services/school_bus", "{'actions':{'approve':{'concession':7}}}",
     "/actions/approve/concession"},
    {"services/school_bus", "{'actions':{'approve':{'concession':'accept'}}}", "/tuition"},
    {"services/school_bus", "{'actions':{'approve':{'full':'none'}}}", "/actions/approve/full"},
    {"services/school_bus", "{'actions':{'approve':{'full':7}}}", "/actions/approve/full"},
    {"services/school_bus", "{'actions':{'approve':{'full':'refused'}}}", "/actions/approve/full"},
    {"services/recruitment", "{'actions':{'seat':{'full':'reserve'}}}", "/actions/seat/full"},
    {"services/school_bus", "{'actions':{'approve':{'notify':7}}}", "/actions/approve/notify"},
    {"services/school_bus", "{'actions':{'approve':{'notify':[7]}}}", "/actions/approve/notify/0"},
    {"services/school_bus",
     "{'actions':{'approve':{'notify':[{'template':7,'channels':['portal']}]}}}",
     "/actions/approve/notify/0/template"},
    {"services/school_bus",
     "{'actions':{'approve':{'notify':[{'template':'approved','channels':[7]}]}}}",
     "/actions/approve/notify/0/channels"},
    /* templates, pages */
    {"services/school_bus", "{'templates':7}", "/templates"},
    {"services/school_bus", "{'templates':{'approved':7}}", "/templates/approved"},
    {"services/school_bus", "{'templates':{'approved':{'title':7}}}", "/templates/approved/title"},
    {"services/school_bus", "{'stages':[]}", "/stages"},
    {"services/school_bus", "{'stages':[7]}", "/stages/0"},
    {"services/school_bus", "{'stages':[{'state':7,'title':" T ",'text':" T "}]}",
     "/stages/0/state"},
    {"services/school_bus", "{'stages':[{'state':'approved','title':7,'text':" T "}]}",
     "/stages/0/title"},
    {"services/school_bus", "{'is_private':1}", "/is_private"},
    /* what is asked */
    {"services/school_bus", "{'request':7}", "/request"},
    {"services/school_bus", "{'request':{'form':null}}", "/request/hints"},
    {"services/school_bus", "{'request':{'hints':null}}", "/request/hints"},
    {"services/school_bus", "{'request':{'form':{'type':'text'}}}", "/request/form/type"},
    {"services/school_bus", "{'request':{'offerings':1}}", "/request/offerings"},
    {"services/school_bus", "{'request':{'choices':2}}", "/request/choices"},
    {"services/school_bus", "{'request':{'ages':7}}", "/request/ages"},
    {"services/school_bus", "{'request':{'ages':{'from':-1}}}", "/request/ages/from"},
    {"services/school_bus", "{'request':{'ages':{'from':1.5}}}", "/request/ages/from"},
    {"services/school_bus", "{'request':{'ages':{'until':151}}}", "/request/ages/until"},
    {"services/school_bus", "{'request':{'ages':{'from':9,'until':8}}}", "/request/ages"},
    {"services/school_bus", "{'request':{'grades':{'from':0,'until':0}}}", "/request/grades/until"},
    {"services/school_bus", "{'request':{'grades':{'until':13}}}", "/request/grades/until"},
    {"services/school_bus", "{'request':{'alone_from':'16'}}", "/request/alone_from"},
    {"services/school_bus", "{'request':{'window':7}}", "/request/window"},
    {"services/school_bus",
     "{'request':{'window':{'opens':7,'closes':'2026-09-02T09:00:00+04:00'}}}", "/request/window"},
    {"services/school_bus",
     "{'request':{'window':{'opens':'2026-09-02T09:00:00+04:00','closes':7}}}", "/request/window"},
    {"services/school_bus",
     "{'request':{'window':{'opens':'soon','closes':'2026-09-02T09:00:00+04:00'}}}",
     "/request/window"},
    {"services/school_bus",
     "{'request':{'window':{'opens':'2026-09-02T09:00:00+04:00','closes':'late'}}}",
     "/request/window"},
    {"services/school_bus",
     "{'request':{'window':{'opens':'2026-09-02T09:00:00+04:00',"
     "'closes':'2026-09-02T09:00:00+04:00'}}}",
     "/request/window"},
    {"services/club",
     "{'request':{'window':{'opens':'2026-09-02T09:00:00+04:00',"
     "'closes':'2026-09-03T09:00:00+04:00'}}}",
     "/request/window"},
    {"services/school_bus", "{'request':{'documents':7}}", "/request/documents"},
    {"services/school_bus", "{'request':{'documents':[7]}}", "/request/documents/0"},
    {"services/school_bus",
     "{'request':{'documents':[{'code':'A','title':" T ",'types':['image/png']}]}}",
     "/request/documents/0/code"},
    {"services/school_bus",
     "{'request':{'documents':[{'code':'a','title':" T ",'types':['image/png']},"
     "{'code':'a','title':" T ",'types':['image/png']}]}}",
     "/request/documents/1/code"},
    {"services/school_bus",
     "{'request':{'documents':[{'code':'a','title':7,'types':['image/png']}]}}",
     "/request/documents/0/title"},
    {"services/school_bus", "{'request':{'documents':[{'code':'a','title':" T ",'types':[]}]}}",
     "/request/documents/0/types"},
    {"services/school_bus",
     "{'request':{'documents':[{'code':'a','title':" T ",'types':['image/gif']}]}}",
     "/request/documents/0/types/0"},
    {"services/school_bus",
     "{'request':{'documents':[{'code':'a','title':" T ",'types':['image/png'],"
     "'bytes_max':10485761}]}}",
     "/request/documents/0/bytes_max"},
    {"services/school_bus",
     "{'request':{'documents':[{'code':'a','title':" T ",'types':['image/png'],'least':21}]}}",
     "/request/documents/0/least"},
    {"services/school_bus",
     "{'request':{'documents':[{'code':'a','title':" T ",'types':['image/png'],'most':0}]}}",
     "/request/documents/0/most"},
    {"services/school_bus",
     "{'request':{'documents':[{'code':'a','title':" T ",'types':['image/png'],"
     "'least':3,'most':2}]}}",
     "/request/documents/0/least"},
    {"services/school_bus",
     "{'request':{'documents':[{'code':'a','title':" T ",'types':['image/png'],'for_panel':1}]}}",
     "/request/documents/0/for_panel"},
    {"services/club", "{'request':{'directions':[]}}", "/request/directions"},
    {"services/club", "{'request':{'directions':{'Sport':" T "}}}", "/request/directions/Sport"},
    {"services/club", "{'request':{'directions':{'sport':7}}}", "/request/directions/sport"},
    /* places, and who is given one */
    {"services/club", "{'request':{'offerings':false}}", "/states"},
    {"services/club", "{'states':{'offered':{'waits_for_place':true}}}", "/states/offered"},
    {"services/club", "{'states':{'waiting':{'moves_up':true}}}", "/states/waiting"},
    {"services/club", "{'promote':null}", "/states/waiting"},
    {"services/club", "{'promote':'enter'}", "/states/waiting"},
    {"services/club", "{'states':{'enrolled':{'moves_up':true}}}", "/states/enrolled"},
    {"services/school_bus", "{'promote':'approve'}", "/promote"},
    {"services/school_bus", "{'promote':'none'}", "/promote"},
    {"services/recruitment",
     "{'promote':'seat','actions':{'seat':{'from':['admitted','reserve','offered']}}}", "/promote"},
    {"services/club", "{'carry':7}", "/carry"},
    {"services/club", "{'carry':{'action':7}}", "/carry/action"},
    {"services/club", "{'carry':{'action':'promote'}}", "/carry/action"},
    {"services/club", "{'carry':{'action':'apply'}}", "/carry/action"},
    {"services/club", "{'actions':{'carry':{'to':'applied','full':null}}}", "/carry/action"},
    {"services/club", "{'carry':{'left':7}}", "/carry/left"},
    {"services/club", "{'carry':{'left':'none'}}", "/carry/left"},
    {"services/club", "{'request':{'choices':2}}", "/carry"},
    /* rounds */
    {"services/club", "{'is_ranking_public':1}", "/is_ranking_public"},
    {"services/club", "{'ranking':['submitted']}", "/ranking"},
    {"services/club", "{'ranking':null}", "/place"},
    {"services/club", "{'place':'apply'}", "/place"},
    {"services/recruitment", "{'place':'seat'}", "/place"},
    {"services/recruitment", "{'actions':{'offer':{'full':null}}}", "/place"},
    {"services/recruitment", "{'actions':{'offer':{'full':'accepted'}}}", "/place"},
    {"services/recruitment", "{'place':'fail','fail':null}", "/place"},
    {"services/recruitment", "{'fail':7}", "/fail"},
    {"services/recruitment", "{'fail':'seat'}", "/fail"},
    {"services/recruitment", "{'fail':'offer'}", "/fail"},
    {"services/recruitment", "{'fail':'lapse'}", "/fail"},
    {"services/recruitment",
     "{'scores':null,'ranking':['lottery'],'states':{'admitted':"
     "{'takes_scores':true}}}",
     "/states/admitted/takes_scores"},
    {"services/recruitment",
     "{'scores':null,'ranking':['lottery'],'states':{'admitted':"
     "{'shows_scores':true}}}",
     "/states/admitted/shows_scores"},
    {"services/contest", "{'states':{'judged':{'takes_scores':true}}}",
     "/states/judged/takes_scores"},
    {"services/contest", "{'certificates':7}", "/certificates"},
    {"services/contest", "{'certificates':[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]}",
     "/certificates"},
    {"services/school_bus", "{'certificates':[]}", "/certificates"},
    {"services/contest", "{'certificates':[7]}", "/certificates/0"},
    {"services/contest", "{'certificates':[{'title':" T ",'text':7}]}", "/certificates/0/text"},
    {"services/contest", "{'certificates':[{'title':7,'text':" T "}]}", "/certificates/0/title"},
    {"services/contest", "{'certificates':[{'title':" T ",'text':" T ",'until':'1'}]}",
     "/certificates/0/until"},
    {"services/contest", "{'certificates':[{'title':" T ",'text':" T ",'until':0}]}",
     "/certificates/0/until"},
    {"services/contest", "{'certificates':[{'title':" T ",'text':" T ",'until':1000001}]}",
     "/certificates/0/until"},
    /* times, centres */
    {"services/recruitment", "{'slots':[]}", "/slots"},
    {"services/recruitment", "{'slots':{'Talk':{}}}", "/slots/Talk"},
    {"services/recruitment", "{'slots':{'interview':{'title':7}}}", "/slots/interview/title"},
    {"services/recruitment", "{'slots':{'interview':{'template':7}}}", "/slots/interview/template"},
    {"services/recruitment", "{'slots':{'interview':{'template':'none'}}}",
     "/slots/interview/template"},
    {"services/olympiad", "{'sittings':{}}", "/sittings"},
    {"services/recruitment", "{'sittings':[]}", "/sittings"},
    {"services/recruitment", "{'sittings':{'Test':{}}}", "/sittings/Test"},
    {"services/recruitment", "{'sittings':{'test':7}}", "/sittings/test"},
    {"services/recruitment", "{'sittings':{'test':{'title':7}}}", "/sittings/test/title"},
    {"services/recruitment", "{'sittings':{'test':{'state':'none'}}}", "/sittings/test/state"},
    {"services/recruitment", "{'sittings':{'test':{'state':'closed'}}}", "/sittings/test/state"},
    {"services/recruitment", "{'sittings':{'test':{'seat':'none'}}}", "/sittings/test/seat"},
    {"services/recruitment", "{'sittings':{'test':{'seat':'drop'}}}", "/sittings/test/seat"},
    {"services/recruitment", "{'sittings':{'test':{'absent':'drop'}}}", "/sittings/test/absent"},
    {"services/recruitment", "{'sittings':{'test':{'absent':7}}}", "/sittings/test/absent"},
    {"services/recruitment", "{'sittings':{'test':{'region':'exam_region'}}}",
     "/sittings/test/region"},
    {"services/recruitment", "{'sittings':{'test':{'region':'/a~2'}}}", "/sittings/test/region"},
    {"services/recruitment", "{'sittings':{'test':{'step_free':7}}}", "/sittings/test/step_free"},
    {"services/recruitment", "{'request':{'form':null,'hints':null},'ranking':['lottery']}",
     "/sittings/test/region"},
    /* tuition, admission */
    {"services/admission", "{'tuition':7}", "/tuition"},
    {"services/admission", "{'tuition':{'title':7}}", "/tuition/title"},
    {"services/admission", "{'tuition':{'currency':'azn'}}", "/tuition/currency"},
    {"services/admission", "{'tuition':{'currency':'AZ[n'}}", "/tuition/currency"},
    {"services/admission", "{'tuition':{'currency':'AZ['}}", "/tuition/currency"},
    {"services/admission", "{'tuition':{'currency':7}}", "/tuition/currency"},
    {"services/admission", "{'tuition':{'fundings':[]}}", "/tuition/fundings"},
    {"services/admission", "{'tuition':{'fundings':{'State':{}}}}", "/tuition/fundings/State"},
    {"services/admission", "{'tuition':{'fundings':{'state':{'is_free':1}}}}",
     "/tuition/fundings/state/is_free"},
    {"services/admission", "{'tuition':{'fundings':{'state':{'title':7}}}}",
     "/tuition/fundings/state/title"},
    {"services/admission", "{'tuition':{'fundings':{'state':7}}}", "/tuition/fundings/state"},
    {"services/admission", "{'tuition':{'funding':'paid'}}", "/tuition/funding"},
    {"services/admission", "{'tuition':{'funding':7}}", "/tuition/funding"},
    {"services/admission", "{'tuition':{'funding':'/paid'}}", "/tuition"},
    {"services/admission", "{'tuition':{'concessions':null}}", "/tuition/concessions"},
    {"services/admission", "{'tuition':{'concessions':null,'concession':null}}", "/tuition"},
    {"services/admission", "{'tuition':{'concession':null}}", "/tuition/concession"},
    {"services/admission", "{'tuition':{'concession':'concession'}}", "/tuition/concession"},
    {"services/admission", "{'tuition':{'evidence':'none'}}", "/tuition/evidence"},
    {"services/admission", "{'tuition':{'concessions':{'orphan':{'waiver_percent':0}}}}",
     "/tuition/concessions/orphan/waiver_percent"},
    {"services/admission", "{'tuition':{'concessions':{'orphan':{'waiver_percent':101}}}}",
     "/tuition/concessions/orphan/waiver_percent"},
    {"services/admission", "{'tuition':{'concessions':{'orphan':{'waiver_percent':'1'}}}}",
     "/tuition/concessions/orphan/waiver_percent"},
    {"services/admission", "{'tuition':{'due':'pay'}}", "/tuition/due"},
    {"services/admission", "{'tuition':{'due':7}}", "/tuition/due"},
    {"services/admission", "{'tuition':{'nothing':'pay'}}", "/tuition/nothing"},
    {"services/admission", "{'tuition':{'paid':'claim'}}", "/tuition/paid"},
    {"services/admission", "{'actions':{'hold':" HOLD "},'tuition':{'due':'hold'}}",
     "/tuition/paid"},
    {"services/admission", "{'tuition':{'claimed':'pay'}}", "/tuition/claimed"},
    {"services/admission", "{'actions':{'hold':" HOLD "},'tuition':{'claimed':'hold'}}",
     "/tuition/claimed"},
    {"services/admission", "{'actions':{'accept_concession':{'concession':null}}}",
     "/tuition/claimed"},
    {"services/admission", "{'actions':{'refuse_concession':{'concession':null}}}",
     "/tuition/claimed"},
    {"services/admission", "{'states':{'submitted':{'assesses':false}}}", "/tuition"},
    {"services/admission", "{'states':{'refused':{'assesses':true}}}", "/states/refused"},
    {"services/admission", "{'tuition':null}", "/states/submitted"},
    {"services/school_bus", "{'states':{'submitted':{'assesses':true}}}", "/states/submitted"},
    {"services/admission", "{'request':{'admission':7}}", "/request/admission"},
    {"services/admission", "{'request':{'choices':2}}", "/request/admission"},
    {"services/school_bus", "{'request':{'admission':{'levels':{'a':" T "},'ended':'lapse'}}}",
     "/request/admission"},
    {"services/admission", "{'request':{'admission':{'levels':7}}}", "/request/admission/levels"},
    {"services/admission", "{'request':{'admission':{'levels':{'A':" T "}}}}",
     "/request/admission/levels/A"},
    {"services/admission", "{'request':{'admission':{'ended':'none'}}}",
     "/request/admission/ended"},
    {"services/admission", "{'request':{'admission':{'ended':'withdraw'}}}",
     "/request/admission/ended"},
    {"services/admission", "{'request':{'admission':{'ended':'pay'}}}", "/request/admission/ended"},
    {"services/admission", "{'actions':{'hold':" HOLD "},'request':{'admission':{'ended':'hold'}}}",
     "/request/admission/ended"},
    {"services/admission", "{'request':{'admission':{'told':'none'}}}", "/request/admission"},
    {"services/admission", "{'request':{'admission':{'told':7}}}", "/request/admission"},
    {"services/admission", "{'request':{'admission':{'reopened':'none'}}}", "/request/admission"},
    {"services/admission", "{'request':{'admission':{'reopened':7}}}", "/request/admission"},
    {"services/admission", "{'request':{'admission':null}}", "/states/concession"},
};

static edu_status make(json_t *json, edu_error *error)
{
    ei_definition *definition = NULL;
    edu_status status = ei_definition_make(json, &definition, error);
    ei_definition_free(definition);
    return status;
}

START_TEST(a_spoilt_service_is_refused_with_the_place)
{
    check_spoilt(&spoilt[_i], make);
}
END_TEST

/* With so many blocks of memory a definition is made whole, or it is told that there are too few.
 */
START_TEST(a_definition_is_made_whole_or_not)
{
    static const char *const services[] = {"services/admission", "services/doctoral",
                                           "services/recruitment", "services/club"};
    json_t *json = example_of(services[_i]);
    edu_status status = EDU_E_NOMEM;
    for (int64_t blocks = 0; status != EDU_OK; blocks += 1 + blocks / 100) {
        edu_error error = EDU_ERROR_INIT;
        allocations_left = blocks;
        edu_allocator_set(&failing);
        status = make(json, &error);
        edu_allocator_set(NULL);
        ck_assert_msg(status == EDU_OK || status == EDU_E_NOMEM, "%d blocks: %s %s", (int)blocks,
                      error.field, error.message);
        ck_assert_int_lt(blocks, 1000000);
    }
    json_decref(json);
}
END_TEST

START_TEST(depth_and_size_are_bounded)
{
    json_t *deep = json_array(), *large = parse(good);
    for (int i = 0; i < 2000; i++) {
        json_t *outer = json_array();
        json_array_append_new(outer, deep);
        deep = outer;
    }
    ei_definition *definition;
    edu_error error;
    ck_assert_int_eq(ei_definition_make(deep, &definition, &error), EDU_E_INVALID);
    char *text = calloc(1, 300000);
    memset(text, 'x', 299999);
    json_object_set_new(large, "service", json_string(text));
    ck_assert_int_eq(ei_definition_make(large, &definition, &error), EDU_E_LIMIT);
    free(text);
    json_decref(deep);
    json_decref(large);
}
END_TEST

START_TEST(templates_are_filled)
{
    json_t *data = json_pack("{s:s, s:i}", "who", "Əli {not}", "count", 3);
    ei_buffer out = {0};
    ck_assert_int_eq(ei_template_fill("{who} has {count}{missing}.", data, &out, NULL), EDU_OK);
    ck_assert_str_eq(out.data, "Əli {not} has 3.");
    ei_buffer_free(&out);
    json_decref(data);
}
END_TEST

/* ---- publishing ---- */

START_TEST(the_same_text_is_the_same_version)
{
    json_t *json = parse(good), *other = changed("Hi {who}", "Hello {who}");
    int32_t version;
    edu_error error;
    ck_assert_int_eq(edu_service_publish(fx_operator(), json, NULL, &version, &error), EDU_OK);
    ck_assert_int_eq(version, 1);
    ck_assert_int_eq(edu_service_publish(fx_operator(), json, NULL, &version, &error), EDU_OK);
    ck_assert_int_eq(version, 1);
    ck_assert_int_eq(edu_service_publish(fx_operator(), other, NULL, &version, &error), EDU_OK);
    ck_assert_int_eq(version, 2);
    ck_assert_int_eq(edu_service_publish(fx_session("clerk"), json, NULL, &version, &error),
                     EDU_E_DENIED);
    edu_service *service;
    ck_assert_int_eq(edu_service_get(fx_nobody(), "trip", &service, &error), EDU_OK);
    ck_assert_int_eq(service->version, 2);
    ck_assert_str_eq(json_string_value(json_array_get(service->rules, 0)), "R");
    edu_free(service);
    ck_assert_int_eq(edu_service_get(fx_nobody(), "none", &service, &error), EDU_E_NOT_FOUND);
    json_decref(json);
    json_decref(other);
}
END_TEST

/* ---- the chain ---- */

typedef struct life {
    ei_definition *definition;
    edu_id person, application;
} life;

static ei_step step_of(const life *of, const char *action, const char *kind)
{
    static const char name[] = "who";
    static json_t *data;
    if (!data)
        data = json_pack("{s:s}", name, "x");
    const edu_environment *environment = &fx_portal()->environment;
    return (ei_step){.definition = of->definition,
                     .version = 1,
                     .person = of->person,
                     .application = of->application,
                     .action = action,
                     .actor = of->person,
                     .actor_kind = kind,
                     .data = data,
                     .now = fx_now(),
                     .clock = &environment->clock,
                     .random = &environment->random,
                     .number = "A-2026-000001"};
}

static edu_status live(edu_tx *tx, void *context, edu_error *error)
{
    const life *of = context;
    edu_id subject = {.bytes = {7}};
    ei_step ask = step_of(of, "ask", "self"), end = step_of(of, "end", "clerk");
    ei_application_head head;
    EI_TRY(ei_application_create(tx, &ask, &subject, error));
    EI_TRY(ei_application_head_read(tx, &of->person, &of->application, &head, error));
    EI_TRY(ei_application_act(tx, &end, &head, error));
    /* What was read is stale by now. */
    ck_assert_int_eq(ei_application_act(tx, &end, &head, error), EDU_E_CONFLICT);
    EI_TRY(ei_application_head_read(tx, &of->person, &of->application, &head, error));
    ck_assert_int_eq(ei_application_act(tx, &end, &head, error), EDU_E_STATE);
    return EDU_OK;
}

static life make_life(void)
{
    json_t *json = parse(good);
    int32_t version;
    life of = {.person = fx_person("PUP0001"), .application = {.bytes = {9}}};
    ck_assert_int_eq(edu_service_publish(fx_operator(), json, NULL, &version, NULL), EDU_OK);
    ck_assert_int_eq(ei_definition_make(json, &of.definition, NULL), EDU_OK);
    json_decref(json);
    edu_error error = EDU_ERROR_INIT;
    edu_status status = ei_store_write(fx_portal()->store, live, &of, &error);
    ck_assert_msg(status == EDU_OK, "%s", error.message);
    return of;
}

static edu_status check_chain(const life *of)
{
    return edu_application_check(fx_session("pupil1"), of->person, of->application, NULL);
}

static const char *const forgeries[] = {
    "UPDATE event SET at = at + 1 WHERE sequence = 1",
    "UPDATE event SET data = '{}' WHERE sequence = 2",
    "UPDATE event SET action = 'end' WHERE sequence = 1",
    "UPDATE event SET state = 'asked' WHERE sequence = 2",
    "UPDATE event SET actor_id = NULL WHERE sequence = 1",
    "UPDATE event SET actor_kind = 'system' WHERE sequence = 2",
    "UPDATE event SET hash = x'00' WHERE sequence = 2",
    "DELETE FROM event WHERE sequence = 2",
    "DELETE FROM event WHERE sequence = 1",
    "UPDATE event SET sequence = 3 WHERE sequence = 2",
    "UPDATE application SET version = 1",
    "UPDATE application SET head = (SELECT hash FROM event WHERE sequence = 1)",
    "UPDATE application SET subject_id = x'00000000000000000000000000000001'",
    "DELETE FROM event WHERE sequence = 2",
};

START_TEST(a_chain_notices_what_was_changed)
{
    life of = make_life();
    ck_assert_int_eq(check_chain(&of), EDU_OK);
    fx_run(forgeries[_i]);
    ck_assert_int_eq(check_chain(&of), EDU_E_CORRUPT);
    ei_definition_free(of.definition);
}
END_TEST

START_TEST(the_timeline_is_for_those_whom_it_concerns)
{
    life of = make_life();
    edu_event_page *page;
    edu_error error;
    static const char *const may[] = {"pupil1", "parent1", "school1", "clerk", "clerk.ba"};
    static const char *const may_not[] = {"pupil5", "parent5", "school2", "clerk.gn", "stranger"};
    for (size_t i = 0; i < EI_COUNT(may); i++) {
        ck_assert_int_eq(edu_application_timeline(fx_session(may[i]), of.person, of.application,
                                                  NULL, 10, &page, &error),
                         EDU_OK);
        ck_assert_int_eq(page->count, 2);
        ck_assert_str_eq(page->items[0].action, "ask");
        edu_free(page);
        ck_assert_int_eq(edu_application_timeline(fx_session(may_not[i]), of.person, of.application,
                                                  NULL, 10, &page, &error),
                         EDU_E_NOT_FOUND);
    }
    edu_notification_page *notes;
    ck_assert_int_eq(edu_notification_list(fx_session("parent1"), NULL, 10, &notes, &error),
                     EDU_OK);
    ck_assert_int_eq(notes->count, 1);
    ck_assert(!notes->items[0].is_read);
    ck_assert_int_eq(
        edu_notification_read(fx_session("pupil5"), of.person, notes->items[0].id, &error),
        EDU_E_NOT_FOUND);
    ck_assert_int_eq(
        edu_notification_read(fx_session("parent1"), of.person, notes->items[0].id, &error),
        EDU_OK);
    edu_free(notes);
    ei_definition_free(of.definition);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("workflow");
    TCase *pure = tcase_create("definition");
    tcase_add_test(pure, a_good_definition_answers);
    tcase_add_loop_test(pure, a_fault_is_named_with_its_place, 0, EI_COUNT(faults));
    tcase_add_loop_test(pure, a_spoilt_service_is_refused_with_the_place, 0, EI_COUNT(spoilt));
    tcase_add_loop_test(pure, a_definition_is_made_whole_or_not, 0, 4);
    tcase_add_test(pure, depth_and_size_are_bounded);
    tcase_add_test(pure, templates_are_filled);
    suite_add_tcase(suite, pure);
    TCase *stored = tcase_create("engine");
    tcase_set_timeout(stored, 60);
    tcase_add_checked_fixture(stored, fx_setup, fx_teardown);
    tcase_add_test(stored, the_same_text_is_the_same_version);
    tcase_add_loop_test(stored, a_chain_notices_what_was_changed, 0, EI_COUNT(forgeries));
    tcase_add_test(stored, the_timeline_is_for_those_whom_it_concerns);
    suite_add_tcase(suite, stored);
    return tap_run(suite);
}
