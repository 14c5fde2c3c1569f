// Every page in Chromium: no axe violation in light, dark and at 320 px; whole without a script; at most 30 KB and three requests cold;
// the same as data; the way of a person who signs in and asks why. Requirement: PR-1, RC-3
import { chmodSync, readFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { startServer, test, finish, equal, ok } from './server.mjs'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env.SLUICE_SCREENSHOTS
if (shots) mkdirSync(shots, { recursive: true })

const s = await startServer()
const token = {}
for (const p of ['lead', 'ann', 'bob']) { s.sluice('user', 'add', p); token[p] = s.sluice('token', 'create', '--user', p) }
s.sluice('repo', 'create', 'demo/app', '--preset', 'tower')
s.sluice('role', 'grant', 'lead', 'admin', '--repo', 'demo/app')
s.sluice('role', 'grant', 'ann', 'write', '--repo', 'demo/app')
s.sluice('role', 'grant', 'bob', 'write', '--repo', 'demo/app')

// An administrator creates the long-lived branches, then ann brings a change with a name that tries to be markup.
const clone = join(s.dir, 'clone')
s.git(s.dir, 'init', '-q', '-b', 'main', clone)
s.write(clone, 'README.md', '# app\n')
s.git(clone, 'add', '-A')
s.git(clone, 'commit', '-q', '-m', 'docs: begin')
s.git(clone, 'push', '-q', s.remote('lead', token.lead, 'demo/app'), 'main', 'main:development')
s.git(clone, 'checkout', '-q', '-b', 'feature/greeting')
s.write(clone, 'greeting <b>.txt', 'hello\n'.repeat(40))
s.git(clone, 'add', '-A')
s.git(clone, 'commit', '-q', '-m', 'feat(ui): greet <script>alert(1)</script>')
s.git(clone, 'push', '-q', s.remote('ann', token.ann, 'demo/app'), 'feature/greeting')
const api = async (person, method, path, body) => {
  const r = await fetch(s.url + path, { method, headers: { authorization: `Bearer ${token[person]}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) })
  ok(r.status < 300, `${method} ${path} answered ${r.status}: ${await r.clone().text()}`)
  return r.json()
}
await api('ann', 'POST', '/api/v3/repos/demo/app/pulls', { title: 'Greet <b>people</b>', head: 'feature/greeting', base: 'development', body: `- [x] Self-review completed\n${'A line that nobody broke. '.repeat(8)}\n` })
const head = s.git(clone, 'rev-parse', 'HEAD')
await api('bob', 'POST', `/api/v3/repos/demo/app/statuses/${head}`, { state: 'success', context: 'tests', description: 'all green' })

// A second repository that deploys: one version runs, the next one is sick, and both are seen on the pages.
s.write(s.dir, 'ship.yml', `strategy: 1
branches:
  main: {type: production, allow: {create: admin, push: maintain}, require: {approvals: 1, threads-resolved: true, checks: [build]}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
tags: {release: {match: "v{version}", branches: main, annotated: true, allow: {create: maintain}}}
checks: {build: {on: {change: main}}}
environments: {production: {from: main, on: {manual: true}, allow: {deploy: maintain}, via: {run: scripts/deploy}}}
`)
s.sluice('repo', 'create', 'demo/ship', '--strategy', join(s.dir, 'ship.yml'))
s.sluice('role', 'grant', 'lead', 'admin', '--repo', 'demo/ship')
token.shipper = s.sluice('token', 'create', '--user', 'lead', '--scope', 'repo:write,deploy')
const ship = join(s.dir, 'ship')
s.git(s.dir, 'init', '-q', '-b', 'main', ship)
async function deploy (version, script, wanted) {
  s.write(ship, 'scripts/deploy', `#!/bin/sh\n# ${version}\n${script}\n`)
  chmodSync(join(ship, 'scripts/deploy'), 0o755)
  s.git(ship, 'add', '-A')
  s.git(ship, 'commit', '-q', '-m', `feat: ${version}`)
  s.git(ship, 'tag', '-a', '-m', version, `v${version}`)
  s.git(ship, 'push', '-q', s.remote('lead', token.lead, 'demo/ship'), 'main', `v${version}`)
  const { number } = await api('shipper', 'POST', '/api/sluice/repos/demo/ship/deployments', { environment: 'production', version })
  for (const until = Date.now() + 30000; ;) {
    const d = await api('shipper', 'GET', `/api/sluice/repos/demo/ship/deployments/${number}`)
    if (d.state === wanted) return
    ok(Date.now() < until && ['waiting', 'running'].includes(d.state), JSON.stringify(d))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
await deploy('0.1.0', 'true', 'success')
await deploy('0.2.0', 'true', 'success')
await deploy('0.3.0', 'exit 1', 'failure')

const pages = [
  ['/', 'repositories'],
  ['/demo/app', 'map'],
  ['/demo/app/changes', 'changes'],
  ['/demo/app/changes/1', 'change'],
  ['/demo/app/changes/1/diff', 'diff'],
  ['/demo/app/strategy', 'strategy'],
  ['/demo/app/audit', 'audit'],
  ['/demo/app/environments', 'environments'],
  ['/demo/app/environments/production', 'environment'],
  ['/demo/app/deployments', 'deployments'],
  ['/demo/app/commits/' + head, 'commit'],
  ['/demo/app/compare/main...feature/greeting', 'comparison'],
  ['/demo/ship', 'ship-map'],
  ['/demo/ship/environments/production', 'ship-environment'],
  ['/demo/ship/deployments', 'ship-deployments'],
  ['/demo/ship/deployments/3', 'ship-deployment'],
  ['/demo/ship/strategy', 'ship-strategy'],
  ['/demo/app/strategy?file=preset:tower', 'preset'],
  ['/demo/ship/audit', 'ship-audit']
]

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
})
async function signedIn (options, as = token.shipper) {
  const context = await browser.newContext({ bypassCSP: true, ...options })
  const page = await context.newPage()
  await page.goto(s.url + '/sign-in')
  await page.fill('input[name=token]', as)
  await page.click('main button')
  await page.waitForURL((u) => !u.pathname.startsWith('/sign-in'))
  return { context, page }
}
async function violations (page) {
  await page.evaluate(axeSource)
  const r = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  return r.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? n.all[0]?.message ?? '')).join(' | ')}`)
}

for (const [look, options] of [
  ['light', { colorScheme: 'light', viewport: { width: 1200, height: 900 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 1200, height: 900 } }],
  ['320', { colorScheme: 'light', viewport: { width: 320, height: 640 } }]
]) {
  const { context, page } = await signedIn(options)
  for (const [path, name] of pages) {
    await test(`${name} in ${look}: axe finds nothing, nothing sticks out`, async () => {
      const answer = await page.goto(s.url + path)
      equal(answer.status(), 200, path)
      if (shots) await page.screenshot({ path: join(shots, `${name}-${look}.png`), fullPage: true })
      equal((await violations(page)).join('\n'), '', 'axe')
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
      ok(wide <= room, `the page is ${wide} px wide in a window of ${room}`)
    })
  }
  await context.close()
}

const { context, page } = await signedIn({ javaScriptEnabled: false, bypassCSP: false })
const textOf = async (path, where = 'main') => { await page.goto(s.url + path); return page.locator(where).first().innerText() }
for (const [path, name] of pages) {
  await test(`${name}: at most 30 KB and three requests, whole without a script, closed headers`, async () => {
    const requests = []
    const seen = (r) => requests.push(r)
    page.on('requestfinished', seen)
    const answer = await page.goto(s.url + path)
    page.off('requestfinished', seen)
    equal(answer.status(), 200, path)
    const bytes = (await answer.body()).length
    ok(bytes <= 30 * 1024, `${path} has ${bytes} bytes`)
    ok(requests.length <= 3, `${path} made ${requests.length} requests`)
    const h = answer.headers()
    ok(/default-src 'none'/.test(h['content-security-policy'] ?? ''), 'a content security policy')
    ok(/frame-ancestors 'none'/.test(h['content-security-policy'] ?? ''), 'frame-ancestors')
    equal(h['x-content-type-options'], 'nosniff', 'nosniff')
    ok(h['referrer-policy'], 'a referrer policy')
    ok(!(await page.content()).includes('<script>alert'), 'markup of a commit message got through')
    ok((await page.locator('main').innerText()).length > 20, 'main is empty')
  })
  await test(`${name}: the same as data`, async () => {
    const [at, asked] = (path === '/' ? '/index' : path).split('?')
    const r = await page.request.get(s.url + at + '.json' + (asked ? '?' + asked : ''))
    equal(r.status(), 200, 'status')
    equal(typeof await r.json(), 'object', 'JSON')
  })
  await test(`${name}: an ETag saves the second answer`, async () => {
    const first = await page.request.get(s.url + path)
    ok(first.headers().etag, 'no ETag')
  })
}
await test('a change says what blocks it and links the line of the rule', async () => {
  await page.goto(s.url + '/demo/app/changes/1')
  const answer = await page.locator('.answer').first().innerText()
  ok(/Blocked|Waiting/.test(answer), answer)
  ok(await page.locator('.rung.waiting, .rung.failed').count() > 0, 'no rung that blocks')
  ok((await page.locator('.ladder').first().innerText()).includes('approval'), 'approvals are not named')
})
await test('the map says what is stuck, where what runs, and what waits for whom', async () => {
  const answer = await textOf('/demo/ship', '.answer')
  ok(/Stuck: 1 version that failed waits for a person/.test(answer), answer)
  const picture = await page.locator('svg').textContent()
  ok(/● 0\.2\.0 ✗ incident/.test(picture), picture)
  const open = await textOf('/demo/app')
  ok(/waits for|is blocked:/.test(open), open)
  const data = await (await page.request.get(s.url + '/demo/ship.json')).json()
  equal(data.environments[0].live.version, '0.2.0', 'the same as data')
  ok(/1 incident waits for a person/.test(await textOf('/')), 'the list of repositories says it')
})
await test('the list of changes says what each waits for', async () => {
  ok(/open\s+.*(waits for|is blocked:) /.test(await textOf('/demo/app/changes')), await textOf('/demo/app/changes'))
  const { changes } = await (await page.request.get(s.url + '/demo/app/changes.json')).json()
  ok(['deny', 'wait'].includes(changes[0].verdict) && changes[0].waits_for, JSON.stringify(changes[0]))
})
await test('a change that may be merged has a dry run, which moves nothing', async () => {
  s.git(ship, 'checkout', '-q', '-b', 'feature/try')
  s.write(ship, 'try.txt', 'try\n')
  s.git(ship, 'add', '-A')
  s.git(ship, 'commit', '-q', '-m', 'feat: try')
  s.git(ship, 'push', '-q', s.remote('lead', token.lead, 'demo/ship'), 'feature/try')
  for (const p of ['ann', 'bob']) s.sluice('role', 'grant', p, 'write', '--repo', 'demo/ship')
  await api('ann', 'POST', '/api/v3/repos/demo/ship/pulls', { title: 'Try', head: 'feature/try', base: 'main' })
  await api('bob', 'POST', '/api/v3/repos/demo/ship/pulls/1/reviews', { event: 'APPROVE' })
  await api('bob', 'POST', `/api/v3/repos/demo/ship/statuses/${s.git(ship, 'rev-parse', 'HEAD')}`, { state: 'success', context: 'build' })
  const main = s.git(ship, 'rev-parse', 'main')
  await page.goto(s.url + '/demo/ship/changes/1')
  await page.click('text=Dry run')
  const said = await page.locator('main').innerText()
  ok(/What a merge would do now/.test(said) && /refs\/heads\/main/.test(said), said)
  equal(s.git(ship, 'ls-remote', s.remote('lead', token.lead, 'demo/ship'), 'refs/heads/main').split('\t')[0], main, 'main')
  equal((await page.request.get(s.url + '/demo/ship/changes/1.diff')).status(), 200, 'as a diff')
})
await test('an environment is taken back, and a version cleared, with the keyboard alone and no script', async () => {
  const said = await textOf('/demo/ship/environments/production')
  ok(/0\.2\.0 runs since/.test(said) && /incident 0\.3\.0/.test(said), said)
  await page.locator('button', { hasText: 'Clear 0.3.0' }).focus()
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  ok(!/incident/.test(await page.locator('main').innerText()), 'it is cleared')
  await page.locator('button', { hasText: 'Go back to 0.1.0' }).focus()
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  for (const until = Date.now() + 30000; !/0\.1\.0 runs since/.test(await textOf('/demo/ship/environments/production'));) ok(Date.now() < until, 'it does not go back')
})
await test('the journal of a deployment says the second', async () => ok(/\d\d:\d\d:\d\d\sUTC/.test(await textOf('/demo/ship/deployments/3', 'table')), await textOf('/demo/ship/deployments/3', 'table')))
await test('the strategy says what each way needs, and who changed it', async () => {
  const said = await textOf('/demo/ship/strategy')
  ok(/1 approval; check build; .*threads resolved/.test(said), said)
})
await test('the audit says of each head whether it is verified, what the list is narrowed to, and when it was verified', async () => {
  const said = await textOf('/demo/ship/audit?actor=lead')
  ok(/verified \d+ events/.test(said), said)
  ok(/Only those by lead\. Show all/.test(said), said)
  ok(/Verified \d{4}-/.test(said) && /Verify again/.test(said), said)
  ok(!/\n\d+\t.*\tsystem\t/.test(said), 'others are listed')
})
await test('the audit says under which rules, and leads to what it is about', async () => {
  const said = await textOf('/demo/ship/audit')
  ok(/✓ passed \d+ rules?, strategy [0-9a-f]{8}/.test(said), said)
  ok(await page.locator('a[href="/demo/ship/deployments/3"]').count() > 0, 'the deployment')
  const refused = await fetch(`${s.url}/api/v3/repos/demo/ship/pulls/1/merge`, { method: 'PUT', headers: { authorization: `Bearer ${token.bob}` } })
  ok(refused.status >= 400, 'bob may not merge')
  const no = await textOf('/demo/ship/audit?kind=refused')
  ok(/branches\.main\.allow\.merge /.test(no) && /✗ failed, strategy/.test(no), no)
  const data = await (await page.request.get(s.url + '/demo/ship/audit.json')).json()
  ok(data.heads.length && data.heads.at(-1).size && Array.isArray(data.owed) && data.total >= data.events.length, 'the same as data')
})
await test('another site may not send a form', async () => {
  const r = await fetch(s.url + '/sign-in', { method: 'POST', headers: { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' }, body: 'token=x' })
  equal(r.status, 403, 'status')
})
await test('who is not signed in sees nothing of a private repository', async () => {
  for (const [path] of pages.slice(1)) {
    const r = await fetch(s.url + path, { redirect: 'manual' })
    equal(r.status, 404, path)
  }
})
await context.close()
await browser.close()
await s.stop()
finish()
