/* SPDX-License-Identifier: Apache-2.0 */
/* Files whose names tell that they hold a secret, and that nobody has in a repository for another reason. */
#include "scan/scan.h"

static const struct named {
	const char *name; /* whole, or with a '*' before its end */
	const char *title;
} named[] = {
	{ "id_rsa", "a private SSH key" },
	{ "id_dsa", "a private SSH key" },
	{ "id_ecdsa", "a private SSH key" },
	{ "id_ed25519", "a private SSH key" },
	{ "*.ppk", "a private SSH key of PuTTY" },
	{ "*.p12", "a key store" },
	{ "*.pfx", "a key store" },
	{ "*.jks", "a key store" },
	{ "*.keystore", "a key store" },
	{ "*.kdbx", "a store of passwords" },
	{ "*.agilekeychain", "a store of passwords" },
	{ ".netrc", "passwords of servers" },
	{ "_netrc", "passwords of servers" },
	{ ".git-credentials", "passwords of Git servers" },
	{ ".pgpass", "passwords of PostgreSQL" },
	{ ".my.cnf", "a password of MySQL" },
	{ ".pypirc", "a password of a package index" },
	{ ".dockercfg", "passwords of image registries" },
	{ ".docker/config.json", "passwords of image registries" },
	{ ".aws/credentials", "keys of AWS" },
	{ ".kube/config", "keys of a Kubernetes cluster" },
	{ "*.tfstate", "the state of Terraform, with all its secrets" },
};

const char *scan_name(slu_str path)
{
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		const char *name = named[i].name;
		size_t n = strlen(name);
		if (*name == '*' ? slu_str_ends(path, name + 1) && path.n >= n && path.p[path.n - n] != '/' : slu_str_ends(path, name) && (path.n == n || path.p[path.n - n - 1] == '/'))
			return named[i].title;
	}
	return NULL;
}
