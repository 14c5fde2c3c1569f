// Every commit of a history as commitlint with config-conventional judges it and as `sluice commit lint` does: node commitlint.mjs REPOSITORY PEERS FINDINGS
// FINDINGS: what `sluice commit lint --every --format json` printed. Whatever differs and is not listed here fails.
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [repository, peers, findings] = process.argv.slice(2);
const require = createRequire(`${peers}/`);
const use = async (name) => (await import(require.resolve(name))).default;
const lint = await use("@commitlint/lint"), load = await use("@commitlint/load"), isIgnored = await use("@commitlint/is-ignored");
const config = await load({ extends: ["@commitlint/config-conventional"] }, { cwd: peers });
const options = { parserOpts: config.parserPreset?.parserOpts };

// What a strategy has no rule for, or says with another one that is named beside it.
const without = new Set(["subject-case", "type-case", "body-max-line-length", "footer-max-line-length", "header-trim", "subject-empty"]);
const rule = (names) =>
	names.has("type-empty") ? "commits.convention"
	: names.has("type-enum") ? "commits.types"
	: names.has("header-max-length") || names.has("subject-full-stop") ? "commits.subject"
	: names.size ? [...names].join("+") : "fine";

const ours = new Map();
for (const line of readFileSync(findings, "utf8").split("\n").filter(Boolean)) {
	const v = JSON.parse(line);
	ours.set(v.action.new, v.verdict === "allow" ? "fine" : v.rules.find((r) => r.state === "failed").rule);
}
const log = execFileSync("git", [`--git-dir=${repository}`, "log", "--branches", "--tags", "-z", "--encoding=none", "--format=%H%n%P%n%B"], { maxBuffer: 1 << 30 });
const count = { same: 0, "a merge, which we tell by its parents": 0, "words by which commitlint passes anything": 0, "what Conventional Commits 1.0.0 does not take": 0 };
// More than one blank after the colon, blanks around a scope, a body without an empty line before it: commitlint lets them pass, and so do tools that then lose the body.
const loose = (message) => /^[^:\n]*: \s/.test(message) || /^\w*\((\s|[^)\n]*\s\))/.test(message) || /^[^\n]+\n[^\n]/.test(message);
const odd = [];
for (const record of log.toString().split("\0").filter(Boolean)) {
	const [id, parents, ...rest] = record.split("\n");
	const message = rest.join("\n");
	const names = new Set((await lint(message, config.rules, options)).errors.map((e) => e.name).filter((n) => !without.has(n)));
	const theirs = rule(names);
	if (theirs === ours.get(id)) count.same++;
	else if (parents.includes(" ") && ours.get(id) === "fine") count["a merge, which we tell by its parents"]++;
	else if (isIgnored(message)) count["words by which commitlint passes anything"]++;
	else if (ours.get(id) === "commits.convention" && loose(message)) count["what Conventional Commits 1.0.0 does not take"]++;
	else odd.push(`${id.slice(0, 10)}: commitlint ${theirs}, ours ${ours.get(id)}: ${message.split("\n")[0]}`);
}
for (const [what, n] of Object.entries(count)) console.log(`${n} ${what}`);
console.log(odd.slice(0, 20).join("\n"));
process.exit(odd.length || count.same < 1000 ? 1 : 0);
