/* Names of the classes of errors, alike in every language. */
/* "not_found" becomes NotFound, behind a prefix such as "Edu\". */
static void edu_class_name(const char *prefix, const char *status, char *name,
                           size_t room)
{
    bool upper = true;
    size_t n = (size_t)snprintf(name, room, "%s", prefix);
    for (; *status && n + 1 < room; status++) {
        if (*status == '_')
            upper = true;
        else {
            name[n++] = (char)(upper ? *status - 'a' + 'A' : *status);
            upper = false;
        }
    }
    name[n] = 0;
}
