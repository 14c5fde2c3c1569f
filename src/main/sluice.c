/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "git/clone.h"
#include "git/git.h"
#include "git/here.h"
#include "run/mapped.h"

int main(int argc, char **argv)
{
	static const struct cmd_ports ports = { .git_open = git_own_open, .git_here = git_here, .clone_open = git_clone_open };
	run_mapped_guard();
	return cmd_main(argc, argv, &ports);
}
