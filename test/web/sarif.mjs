// The report that `sluice check --format sarif` writes is SARIF 2.1.0 as its JSON Schema has it, also of hostile messages and names.
// Requirement: BR-3, CM-1
import { readFileSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import { spawnSync } from 'node:child_process'
import Ajv from 'ajv-draft-04'
import { check, end, test } from './tell.mjs'

const top = process.env.TOP ?? process.cwd()
const sluice = process.env.SLUICE ?? join(top, 'build/sluice')
const work = mkdtempSync(join(tmpdir(), 'sarif-'))
const env = { PATH: process.env.PATH, HOME: work, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', LC_ALL: 'C.UTF-8' }
const schemas = join(dirname(createRequire(import.meta.url).resolve('@microsoft/jest-sarif')), 'schemas', 'sarif-2.1.0-rtm.5.json')
const valid = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true, logger: false }).compile(JSON.parse(readFileSync(schemas, 'utf8')))

const git = (...args) => {
  const r = spawnSync('git', args, { cwd: work, env, input: args.input })
  check(r.status === 0, `git ${args.join(' ')}: ${r.stderr}`)
}
const report = (code, ...args) => {
  const r = spawnSync(sluice, ['check', '--format', 'sarif', ...args], { cwd: work, env })
  check(r.status === code, `sluice check ${args.join(' ')}: exit code ${r.status}: ${r.stderr}`)
  const log = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(r.stdout))
  check(valid(log), JSON.stringify(valid.errors?.slice(0, 3)))
  return log.runs[0]
}

const strategy = (more) => `strategy: 1
files: {forbid: ["*.pem"]}
branches:
  main: {type: production, allow: {push: write}}
  feature: {match: "feature/{name}", type: work, base: main}
commits: {convention: conventional}
${more}`
git('init', '-q', '-b', 'main')
git('config', 'user.name', 'ann')
git('config', 'user.email', 'ann@example.org')
mkdirSync(join(work, '.sluice'))
writeFileSync(join(work, '.sluice/strategy.yml'), strategy(''))
git('add', '-A')
git('commit', '-qm', 'chore: begin')
git('switch', '-qc', 'feature/x')
writeFileSync(join(work, 'k.pem'), 'x')
writeFileSync(join(work, 'message'), Buffer.from([0x66, 0x01, 0xff, 0x22, 0x5c, 0x0a, 0x0a, 0xe2, 0x80, 0xae]))
git('branch', 'odd')
git('add', 'k.pem')
git('commit', '-q', '--cleanup=verbatim', '-F', 'message')

test('the schema is one that refuses', () => check(!valid({ version: '2.1.0', runs: [{ results: [{}] }] }), 'it takes a run without a tool'))
test('findings', () => {
  const run = report(1)
  check(run.results.length === 2, `${run.results.length} findings`)
  const ids = run.tool.driver.rules.map((r) => r.id)
  for (const r of run.results) {
    check(ids.includes(r.ruleId), `${r.ruleId} is no rule of the report`)
    check(r.level === 'error' && r.locations[0].physicalLocation.artifactLocation.uri === '.sluice/strategy.yml', 'the place of a finding')
    check(/^commit [0-9a-f]{40}$/.test(r.locations[0].logicalLocations[0].fullyQualifiedName), 'what a finding is of')
  }
  check(new Set(run.results.map((r) => r.partialFingerprints['sluice/v1'])).size === 2, 'a fingerprint for each finding')
})
test('what only a server knows', () => {
  const notes = report(1, '--into', 'main').invocations[0].toolExecutionNotifications
  check(notes.length === 1 && notes[0].message.text.includes('approvals'), JSON.stringify(notes))
})
test('no findings', () => check(report(0, 'main').results.length === 0, 'a finding'))
test('a preset, which is no file of the repository', () => {
  const run = report(1, '--all', '--preset', 'gitflow')
  check(run.results.length > 0 && run.results.every((r) => !r.locations[0].physicalLocation), 'a finding in a file that is not there')
})
test('a strategy that only evaluates', () => {
  writeFileSync(join(work, 'soft.yml'), strategy('enforcement: evaluate\n'))
  const run = report(0, '--strategy', 'soft.yml')
  check(run.results.length === 2 && run.results.every((r) => r.level === 'note'), JSON.stringify(run.results.map((r) => r.level)))
})

rmSync(work, { recursive: true, force: true })
end()
