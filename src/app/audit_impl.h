/* SPDX-License-Identifier: Apache-2.0 */
/** What audit.c and audit_verify.c share. */
#ifndef APP_AUDIT_IMPL_H
#define APP_AUDIT_IMPL_H
#include "app/app.h"
#include "audit/checkpoint.h"
#include "audit/export.h"
#include "audit/leaf.h"

slu_rc app_audit_head_of(slu_str *out, struct app_unit *u, const struct aud_frontier *f, slu_err *err);
slu_rc app_audit_trusted(struct aud_verifier *out, struct app_unit *u, slu_err *err);
#endif
