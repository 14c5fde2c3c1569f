// The map and the list of repositories: what is stuck, what needs the one who looks, freezes, soak; with very many branches and changes,
// in an empty repository, under a broken strategy, for somebody who may only read. Short addresses. Requirement: PR-1, RC-3, GT-3
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startServer, test, finish, equal, ok } from './server.mjs'

const s = await startServer()
const token = {}
for (const p of ['lead', 'ann', 'bob', 'reader']) { s.sluice('user', 'add', p); token[p] = s.sluice('token', 'create', '--user', p, '--scope', 'repo:write,deploy') }
const grant = (repo) => { for (const [p, role] of [['lead', 'admin'], ['ann', 'write'], ['bob', 'write'], ['reader', 'read']]) s.sluice('role', 'grant', p, role, '--repo', repo) }
const get = (who, path) => fetch(s.url + path, { redirect: 'manual', headers: { authorization: `Bearer ${token[who]}` } })
const html = async (who, path) => { const r = await get(who, path); equal(r.status, 200, path); return r.text() }
const data = async (who, path) => { const r = await get(who, path); equal(r.status, 200, path); return r.json() }
const text = (page) => page.replace(/<svg[\s\S]*?<\/svg>/g, '').replace(/<[^>]*>/g, '').replaceAll('&#39;', "'").replaceAll('\u00a0', ' ')
const needs = async (who, path) => (await data(who, path)).needs_you.map((n) => `${n.what} | ${n.about}`)

// A freeze that began yesterday and ends in six days; a soak of a day in staging before production.
const day = 86400000
const start = new Date(Date.now() - 8 * day).toISOString().slice(0, 10)
writeFileSync(join(s.dir, 'strategy.yml'), `strategy: 1
branches:
  main: {type: production, allow: {create: admin, push: maintain}, require: {approvals: 1}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
tags: {release: {match: "v{version}", branches: main, annotated: true, allow: {create: maintain}}}
environments:
  staging: {from: main, on: {manual: true}, allow: {deploy: maintain}, via: {run: scripts/deploy}}
  production: {from: main, on: {manual: true}, allow: {deploy: maintain}, require: {soak: {for: 24h, in: staging}}, via: {run: scripts/deploy}}
releases: {calendar: {start: ${start}, cycle: 4w, freeze: {at: 1w, branches: [main], types: [fix]}, ship: {at: 2w}}}
`)
s.sluice('repo', 'create', 'demo/app', '--strategy', join(s.dir, 'strategy.yml'))
grant('demo/app')
const clone = join(s.dir, 'clone')
s.git(s.dir, 'init', '-q', '-b', 'main', clone)
const commit = (message, path = 'a.txt') => { s.write(clone, path, message); s.git(clone, 'add', '-A'); s.git(clone, 'commit', '-q', '-m', message) }
s.write(clone, 'scripts/deploy', '#!/bin/sh\n[ ! -e sick ] || [ "$SLUICE_ENVIRONMENT" = staging ]\n')
chmodSync(join(clone, 'scripts/deploy'), 0o755)
commit('fix: begin')
s.git(clone, 'push', '-q', s.remote('lead', token.lead, 'demo/app'), 'main')

const deploy = async (environment, wanted) => {
  const headers = { authorization: `Bearer ${token.lead}`, 'content-type': 'application/json' }
  const r = await fetch(`${s.url}/api/sluice/repos/demo/app/deployments`, { method: 'POST', headers, body: JSON.stringify({ environment, version: 'main' }) })
  equal(r.status, 201, await r.clone().text())
  const { number } = await r.json()
  for (const until = Date.now() + 30000; (await data('lead', `/demo/app/deployments/${number}.json`)).state !== wanted;) {
    ok(Date.now() < until, `deployment ${number} does not become ${wanted}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

await test('a repository in which nothing waits says so, and every environment that nothing runs there', async () => {
  const said = text(await html('lead', '/demo/app'))
  ok(/Nothing is stuck/.test(said) && /Nothing runs here yet/.test(said), said)
  ok(!/What needs you/.test(said), said)
  ok(/Nothing is stuck\./.test(text(await html('lead', '/'))), 'the list')
})
await test('a freeze that holds is on the map, with its end and what enters all the same', async () => {
  const said = text(await html('lead', '/demo/app'))
  ok(/Frozen until \d{4}-\d\d-\d\d \d\d:\d\d UTC \(in 5 d\): only fix enters main\./.test(said), said)
  equal((await data('lead', '/demo/app.json')).freeze.holds, true, 'the same as data')
})
await test('what waits for review needs those who may approve it; not its author, nor who only reads, nor who approved it', async () => {
  s.git(clone, 'checkout', '-q', '-b', 'feature/one')
  commit('fix: one', 'one.txt')
  s.git(clone, 'push', '-q', s.remote('ann', token.ann, 'demo/app'), 'feature/one')
  s.sluice('change', 'open', 'feature/one', '--into', 'main', '--title', 'fix: one', '--repo', 'demo/app', '--as', 'ann')
  equal((await needs('bob', '/demo/app.json')).join(), 'Review: 1 approval | #1 fix: one', 'bob')
  equal((await needs('bob', '/index.json')).join(), 'Review: 1 approval | #1 fix: one', 'bob, of all repositories')
  ok(/sluice change review 1 --approve --repo demo\/app/.test(text(await html('bob', '/'))), 'the command names the repository')
  equal((await needs('ann', '/demo/app.json')).join(), '', 'ann')
  equal((await needs('reader', '/demo/app.json')).join(), '', 'reader')
  s.sluice('change', 'review', '1', '--approve', '--repo', 'demo/app', '--as', 'bob')
  equal((await needs('lead', '/demo/app.json')).join(), 'Merge | #1 fix: one', 'whoever may merge it')
  equal((await needs('bob', '/demo/app.json')).join(), '', 'bob, who may not')
  equal((await needs('reader', '/demo/app.json')).join(), '', 'reader, who may not')
  s.sluice('change', 'review', '1', '--request-changes', '--message', 'no', '--repo', 'demo/app', '--as', 'bob')
  ok(/^Yours is refused: /.test((await needs('ann', '/demo/app.json'))[0]), 'the author when it is refused')
  s.sluice('change', 'close', '1', '--repo', 'demo/app', '--as', 'ann')
})
await test('a soak says how long of what it asks', async () => {
  await deploy('staging', 'success')
  const page = await html('lead', '/demo/app')
  ok(/Soak +[0-9a-f]{12} has run in staging for \d+ (s|min) of 1d/.test(text(page)), text(page))
  ok(/<meter aria-label="Soak" min="0" max="86400" value="\d+">/.test(page), 'as a picture')
})
await test('while production has an incident neither the map nor the list of repositories is green, and who may clear it is told', async () => {
  s.git(clone, 'checkout', '-q', 'main')
  commit('fix: sick', 'sick')
  s.git(clone, 'push', '-q', s.remote('lead', token.lead, 'demo/app'), 'main')
  await deploy('production', 'failure')
  for (const path of ['/', '/demo/app']) {
    const page = await html('lead', path)
    ok(/<p class="answer failed">.*Stuck: 1 version that failed waits for a person/.test(page), `${path}: ${text(page)}`)
  }
  ok(/^Clear it, or bring another version \| [0-9a-f]{12} failed in production/.test((await needs('lead', '/demo/app.json'))[0]), 'lead')
  equal((await needs('ann', '/demo/app.json')).join(), '', 'ann may not deploy there')
  const runs = (await data('lead', '/index.json')).repositories[0].runs
  equal(runs.map((r) => `${r.environment} ${r.incidents}`).join(), 'staging 0,production 1', 'each environment')
  ok(runs[0].since, 'since when')
})

await test('very many branches and changes: a page of at most 30 KB that names what is stuck, and pages to the rest', async () => {
  s.sluice('repo', 'create', 'demo/many', '--preset', 'tower')
  grant('demo/many')
  const many = join(s.dir, 'many')
  s.git(s.dir, 'init', '-q', '-b', 'main', many)
  s.write(many, 'a', 'a')
  s.git(many, 'add', '-A')
  s.git(many, 'commit', '-q', '-m', 'feat: a')
  s.git(many, 'push', '-q', s.remote('lead', token.lead, 'demo/many'), 'main', 'main:development')
  const long = 'a-name-that-somebody-thought-of-late-at-night-and-that-does-not-end'
  const names = []
  for (let i = 0; i < 60; i++) {
    s.git(many, 'checkout', '-q', '-b', `feature/${long}-${i}`, 'main')
    s.git(many, 'commit', '-q', '--allow-empty', '-m', `feat: ${i}`)
    names.push(`feature/${long}-${i}`)
  }
  s.git(many, 'push', '-q', s.remote('ann', token.ann, 'demo/many'), ...names)
  for (const n of names.slice(0, 30)) s.sluice('change', 'open', n, '--into', 'development', '--title', `feat: ${long.replaceAll('-', '_')}`, '--repo', 'demo/many', '--as', 'ann')
  for (const who of ['lead', 'reader']) {
    const page = await html(who, '/demo/many')
    ok(page.length <= 30 * 1024, `${who}: ${page.length} bytes`)
    ok(/30 open changes/.test(text(page)) && /62 branches/.test(text(page)) && /10 older open changes were not looked at here/.test(text(page)), text(page).slice(0, 2000))
  }
  ok(/href="\/demo\/many\?page=2"/.test(await html('reader', '/demo/many')), 'a way to the next branches')
  ok(/feature\/a-name.*-9</.test(await html('reader', '/demo/many?page=4')), 'the last of them')
})
await test('a branch of no kind is what is stuck, and can be seen alone', async () => {
  const bare = join(s.dir, 'odd')
  s.git(s.dir, 'init', '-q', '-b', 'main', bare)
  s.write(bare, 'a', 'a')
  s.git(bare, 'add', '-A')
  s.git(bare, 'commit', '-q', '-m', 'feat: a')
  s.git(bare, 'branch', 'what_is_this')
  s.sluice('repo', 'import', 'demo/odd', bare, '--preset', 'gitflow')
  grant('demo/odd')
  const page = await html('lead', '/demo/odd')
  ok(/<a href="\?branches=stuck#branches">1 branch breaks a rule as it is<\/a>/.test(page), text(page))
  const only = text(await html('lead', '/demo/odd?branches=stuck'))
  ok(/1 branch/.test(only) && /what_is_this/.test(only) && /Of no kind/.test(only) && !/Nobody pushes to it/.test(only), only)
})
await test('an empty repository names the command that fills it', async () => {
  s.sluice('repo', 'create', 'demo/empty', '--preset', 'gitflow')
  grant('demo/empty')
  ok(/There is no branch yet\. Push one: git push http/.test(text(await html('reader', '/demo/empty'))), 'the map')
})
await test('under a strategy that cannot be read each page says that the last good one is in force', async () => {
  s.sluice('repo', 'create', 'demo/broken', '--preset', 'gitflow')
  grant('demo/broken')
  const broken = join(s.dir, 'broken')
  s.git(s.dir, 'init', '-q', '-b', 'main', broken)
  s.write(broken, '.sluice/strategy.yml', 'strategy: 1\nbranches: 7\n')
  s.git(broken, 'add', '-A')
  s.git(broken, 'commit', '-q', '-m', 'feat: a')
  s.sluice('repo', 'import', 'demo/worse', broken, '--preset', 'gitflow')
  grant('demo/worse')
  for (const path of ['', '/changes', '/environments', '/strategy', '/audit']) {
    const page = await html('reader', '/demo/worse' + path)
    ok(/The last good <a href="\/demo\/worse\/strategy">strategy<\/a> is in force: /.test(page), path + text(page))
  }
})
await test('a short address asks which repository is meant, as data too, and keeps what it asks for', async () => {
  ok(/href="\/demo\/app\/changes\/1"/.test(await html('lead', '/changes/1')), 'as a page')
  const { which } = await data('lead', '/changes/1.json')
  ok(which.includes('/demo/app/changes/1.json'), JSON.stringify(which))
  for (const path of which) ok([200, 404].includes((await get('lead', path)).status), path)
  const { which: asked } = await data('lead', '/changes.json?state=all')
  ok(asked.includes('/demo/app/changes.json?state=all'), JSON.stringify(asked))
})
await test('a page that is not there has no address of its data', async () => {
  for (const path of ['/demo/app/changes/99', '/demo/app/changes/99.json.json', '/nobody/nothing']) {
    const r = await get('lead', path)
    equal(r.status, 404, path)
    ok(!/href="[^"]*\.json"/.test(await r.text()), path)
  }
})
await s.stop()
finish()
