/* edu allocate by itself: it needs two modules of the library, so every compiler is soon done. */
#include "../../examples/cli/cli.h"

int main(int argc, char **argv)
{
    return cli_allocate(argc, argv);
}
