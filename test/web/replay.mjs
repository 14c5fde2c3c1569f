// The page of `sluice replay --format html`: whole in one file, no script, nothing loaded, no axe violation in light, dark and at 320 px,
// markup in names stays text, and its numbers are those of --format json. Requirement: PR-1, BR-3
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { test, finish, equal, ok, top } from './server.mjs'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const sluice = process.env.SLUICE ?? join(top, 'build/sluice')
const shots = process.env.SLUICE_SCREENSHOTS
if (shots) mkdirSync(shots, { recursive: true })
const dir = mkdtempSync(join(tmpdir(), 'replay-'))
const repo = join(dir, 'app')
const env = { PATH: process.env.PATH, HOME: dir, GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'Ann Somebody', GIT_AUTHOR_EMAIL: 'ann@example.org', GIT_COMMITTER_NAME: 'Ann Somebody', GIT_COMMITTER_EMAIL: 'ann@example.org' }
let clock = 1700000000
const git = (...args) => {
  clock += 86400 * 9
  return execFileSync('git', ['-C', repo, ...args], { env: { ...env, GIT_AUTHOR_DATE: `${clock} +0000`, GIT_COMMITTER_DATE: `${clock} +0000` }, encoding: 'utf8' })
}
execFileSync('git', ['init', '-q', '-b', 'main', repo], { env })
const commit = (message) => git('commit', '-q', '--allow-empty', '-m', message)
commit('begin')
git('tag', '-a', '-m', 'one', 'v1.0.0')
git('switch', '-q', '-c', 'develop')
for (let i = 0; i < 12; i++) {
  git('switch', '-q', '-c', `feature/${i}`)
  commit(`work ${i}`)
  git('switch', '-q', 'develop')
  git('merge', '-q', '--no-ff', '--no-edit', `feature/${i}`)
  if (i % 3 === 0) commit('straight')
}
git('switch', '-q', '-c', '<img/src=x/onerror=alert(1)>')
commit('a name that would be markup')
git('switch', '-q', 'main')
git('merge', '-q', '--no-ff', '--no-edit', '<img/src=x/onerror=alert(1)>')
git('tag', 'nightly')

const replay = (...args) => execFileSync(sluice, ['replay', '--preset', 'gitflow', ...args, repo], { env, encoding: 'utf8', maxBuffer: 1 << 26 })
const html = replay('--format', 'html')
const data = JSON.parse(replay('--format', 'json'))
const file = join(dir, 'replay.html')
writeFileSync(file, html)

await test('one file: no script, no address, nobody named', () => {
  ok(!/<script|<img|<link|<iframe|javascript:|\bon[a-z]+="|https?:|url\(/i.test(html.replaceAll('url(#', '')), 'it holds something that it should not')
  ok(!/Somebody|ann@/.test(html), 'it names somebody')
  ok(html.includes('&lt;img/src=x/onerror=alert(1)&gt;'), 'the name is not there as text')
  ok(html.length < 60000, `${html.length} bytes`)
})

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
for (const [look, options] of [
  ['light', { colorScheme: 'light', viewport: { width: 1200, height: 900 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 1200, height: 900 } }],
  ['320', { colorScheme: 'light', viewport: { width: 320, height: 640 } }]
]) {
  const context = await browser.newContext({ bypassCSP: true, ...options })
  const page = await context.newPage()
  const asked = []
  page.on('request', (r) => asked.push(r.url()))
  await test(`in ${look}: axe finds nothing, nothing sticks out, nothing is loaded`, async () => {
    await page.goto(pathToFileURL(file).href)
    if (shots) await page.screenshot({ path: join(shots, `replay-${look}.png`), fullPage: true })
    await page.evaluate(axeSource)
    const r = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
    equal(r.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`).join('\n'), '', 'axe')
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
    ok(wide <= room, `the page is ${wide} px wide in a window of ${room}`)
    equal(asked.length, 1, asked.join(' '))
  })
  await context.close()
}
await test('its numbers are those of the data', async () => {
  const context = await browser.newContext({ bypassCSP: true })
  const page = await context.newPage()
  await page.goto(pathToFileURL(file).href)
  ok((await page.textContent('.answer')).startsWith(`${data.all.refused} of ${data.all.judged} acts`), 'the answer')
  const rows = await page.$$eval('section, main', (m) => [...m[0].querySelectorAll('[aria-label="By which rule"] tbody tr')].map((tr) => [tr.querySelector('code').textContent, Number(tr.cells[0].textContent)]))
  equal(JSON.stringify(rows), JSON.stringify(data.refused_by.map((x) => [x.rule, x.acts])), 'rules')
  const years = await page.$$eval('[aria-label="By year"] tbody tr', (t) => t.map((tr) => Number(tr.cells[2].textContent)))
  equal(years.reduce((a, b) => a + b, 0), data.all.refused, 'years')
  await context.close()
})
await browser.close()
rmSync(dir, { recursive: true, force: true })
finish()
