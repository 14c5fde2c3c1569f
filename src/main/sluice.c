/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "git/git.h"

int main(int argc, char **argv)
{
	static const struct cmd_ports ports = { .git_open = git_cli_open };
	return cmd_main(argc, argv, &ports);
}
