/* The binding of every language, from one file. Functions, records and inputs come from the public
 * headers by bindings/gen_bindings.py; how a value crosses is said once a kind, here; what a value of
 * the language is, once a language, in python/convert_python.h and php/convert_php.h. Adding a C function takes
 * no line in any of them. */
#ifdef SWIGPYTHON
%module(package="edu", threads="1") low
%nothread;
#else
%module edu
#endif

%{
#include <stdbool.h>
#include <string.h>
#include <edu.h>
#include <edu/sys/record.h>
%}

#ifdef SWIGPYTHON
%rename("%(strip:[edu_])s") "";
%{
#include "convert_python.h"
%}
%define %edu_io(FUNCTION)
%thread FUNCTION;
%enddef
%init %{
if (!edu_convert_init(m))
    return NULL;
%}
#endif
#ifdef SWIGPHP
%{
#include "convert_php.h"
%}
%define %edu_io(FUNCTION)
%enddef
%rinit %{
edu_handle_class("edu_portal", &edu_portal_object_handlers);
edu_handle_class("edu_session", &edu_session_object_handlers);
%}
#endif

/* ---- what goes in ---- */

%typemap(in) const char * {
    if (!edu_in_text(EDU_GIVEN($input), (const char **)&$1, $argnum))
        SWIG_fail;
}
%typemap(freearg) const char * "";
%typemap(in) bool {
    if (!edu_in_bool(EDU_GIVEN($input), &$1, $argnum))
        SWIG_fail;
}
%typemap(in) int32_t {
    if (!edu_in_int32(EDU_GIVEN($input), &$1, $argnum))
        SWIG_fail;
}
%typemap(in) int64_t {
    if (!edu_in_int64(EDU_GIVEN($input), &$1, $argnum))
        SWIG_fail;
}
%typemap(in) edu_id {
    if (!edu_in_id(EDU_GIVEN($input), &$1, $argnum))
        SWIG_fail;
}
%typemap(in) edu_time {
    if (!edu_in_time(EDU_GIVEN($input), &$1, $argnum))
        SWIG_fail;
}
%typemap(in) edu_date {
    if (!edu_in_date(EDU_GIVEN($input), &$1, $argnum))
        SWIG_fail;
}
%typemap(in) edu_bytes {
    if (!edu_in_bytes(EDU_GIVEN($input), &$1, $argnum))
        SWIG_fail;
}
%typemap(in) json_t * (json_t *made = NULL) {
    if (!edu_in_json(EDU_GIVEN($input), &made, $argnum))
        SWIG_fail;
    $1 = made;
}
%typemap(freearg) json_t * "json_decref(made$argnum);";

/* Arguments that may be left out, all of them at the end of their functions. */
%typemap(default) const char *key "$1 = NULL;";
%typemap(default) const char *cursor "$1 = NULL;";
%typemap(default) int32_t limit "$1 = 50;";

/* A page's size, a progress function and an environment have no place in these languages. */
%typemap(in, numinputs=0) edu_progress progress "memset(&$1, 0, sizeof $1);";
%typemap(in, numinputs=0) const edu_environment *environment "$1 = NULL;";

/* ---- what comes out ---- */

%typemap(out) edu_status "EDU_RESULT_NONE($result);";

%typemap(in, numinputs=0) edu_error *error (edu_error detail = EDU_ERROR_INIT) "$1 = &detail;";
%typemap(argout) edu_error *error {
    if (result != EDU_OK) {
        edu_raise($1);
        SWIG_fail;
    }
}

%typemap(in, numinputs=0) edu_id *out (edu_id made) "memset(&made, 0, sizeof made); $1 = &made;";
%typemap(argout) edu_id *out "EDU_APPEND($result, edu_out_id(*$1));";
%typemap(in, numinputs=0) int32_t *version (int32_t made = 0), int32_t *delivered (int32_t made = 0),
    int32_t *done (int32_t made = 0), int32_t *opened (int32_t made = 0)
    "$1 = &made;";
%typemap(argout) int32_t *version, int32_t *delivered, int32_t *done, int32_t *opened "EDU_APPEND($result, edu_out_int(*$1));";
%typemap(in, numinputs=0) int64_t * (int64_t made = 0) "$1 = &made;";
%typemap(argout) int64_t * "EDU_APPEND($result, edu_out_int(*$1));";
%typemap(in, numinputs=0) char **out (char *made = NULL) "$1 = &made;";
%typemap(argout) char **out {
    EDU_APPEND($result, edu_out_text(*$1));
    edu_free(*$1);
}

%define %edu_record(TYPE)
%typemap(in, numinputs=0) TYPE **out (TYPE *made = NULL) "$1 = &made;";
%typemap(argout) TYPE **out {
    EDU_APPEND($result, edu_out_record(edu_record_type_find(#TYPE), *$1));
    edu_free(*$1);
}
%enddef

%define %edu_page(TYPE)
%typemap(in, numinputs=0) TYPE##_page **out (TYPE##_page *made = NULL) "$1 = &made;";
%typemap(argout) TYPE##_page **out {
    EDU_APPEND($result, edu_out_page(edu_record_type_find(#TYPE), (const edu_page *)*$1));
    edu_free(*$1);
}
%enddef

%define %edu_input(TYPE, INITIAL)
%typemap(in) const TYPE * (TYPE given = INITIAL, edu_held held = {0}) {
    if (!edu_in_record(EDU_GIVEN($input), edu_record_type_find(#TYPE), &given, &held, $argnum))
        SWIG_fail;
    $1 = &given;
}
%typemap(freearg) const TYPE * "edu_held_release(&held$argnum);";
%enddef

/* ---- the two handles ---- */

%nodefaultctor;
typedef struct edu_portal {} edu_portal;
typedef struct edu_session {} edu_session;

%define %edu_handle(TYPE, PROXY, CLOSE)
%typemap(in, numinputs=0) TYPE **out (TYPE *made = NULL) "$1 = &made;";
%typemap(argout) TYPE **out {
    if (*$1)
        EDU_APPEND_HANDLE($result, *$1, $descriptor(TYPE *));
}
%extend TYPE {
    ~PROXY() {
        CLOSE($self);
    }
}
%enddef
#ifdef SWIGPHP
%edu_handle(edu_portal, edu_portal, edu_let_go)
%mshutdown %{
edu_close_kept();
%}
#else
%edu_handle(edu_portal, edu_portal, edu_portal_close)
#endif
%edu_handle(edu_session, edu_session, edu_session_close)

%include "edu_functions.i"
#ifdef SWIGPHP
edu_status edu_portal_open_persistent(const edu_portal_options *options, const edu_environment *environment,
                                      edu_portal **out, edu_error *error);
#endif
