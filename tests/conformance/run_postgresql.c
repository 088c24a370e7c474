#include "conformance/conformance.h"
#include "postgresql/databases.h"

int main(void)
{
    static const cf_driver postgresql = {"postgresql", db_address, db_drop};
    return cf_run(&postgresql);
}
