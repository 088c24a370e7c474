#include "conformance/conformance.h"
#include "postgresql/databases.h"

int main(void)
{
    static const cf_driver postgresql = {
        .name = "postgresql",
        .quirks = {.capabilities = EDU_CAP_MANY_WRITERS | EDU_CAP_ONLINE_BACKUP,
                   .failure_ends_transaction = true},
        .address = db_address,
        .drop = db_drop};
    return cf_run(&postgresql);
}
