// The page of a change: each commit with what the rules say of it, what follows from the merge, the places of rules, what is offered to whom.
// Requirement: PR-1, RC-3, BR-3
import { join } from 'node:path'
import { startServer, test, finish, equal, ok } from './server.mjs'

const s = await startServer()
const token = {}
for (const p of ['lead', 'ann', 'reader']) { s.sluice('user', 'add', p); token[p] = s.sluice('token', 'create', '--user', p, '--scope', 'repo:write,deploy') }
const get = async (who, path) => {
  const r = await fetch(s.url + path, { headers: { authorization: `Bearer ${token[who]}` } })
  equal(r.status, 200, path)
  return path.includes('.json') ? r.json() : r.text()
}
const text = (page) => page.replace(/<[^>]*>/g, '').replaceAll('&quot;', '"').replaceAll('\u00a0', ' ')
const section = (page, title) => page.match(new RegExp(`<h2[^>]*>${title}.*?(?=<h2|</main>)`, 's'))?.[0] ?? ''

// Imported with a commit that the rules would not have let in, and one that they would.
const clone = join(s.dir, 'clone')
s.git(s.dir, 'init', '-q', '-b', 'main', clone)
const commit = (message, path) => { s.write(clone, path, message); s.git(clone, 'add', '-A'); s.git(clone, 'commit', '-q', '-m', message) }
s.write(clone, '.sluice/strategy.yml', `strategy: 1
extends: [gitflow]
files: {forbid: ["*.pem"], max-size: 1MB}
commits: {convention: conventional, applies-to: [work]}
environments: {staging: {from: develop, on: {merge: develop}, via: {run: "true"}}}
`)
commit('feat: begin', 'a')
s.git(clone, 'branch', 'develop')
s.git(clone, 'checkout', '-q', '-b', 'feature/one')
commit('feat: fine', 'b')
commit('What <is> this', 'key.pem')
s.git(clone, 'checkout', '-q', 'main')
s.sluice('repo', 'import', 'demo/app', clone)
for (const [p, role] of [['lead', 'admin'], ['ann', 'write'], ['reader', 'read']]) s.sluice('role', 'grant', p, role, '--repo', 'demo/app')
s.sluice('change', 'open', 'feature/one', '--into', 'develop', '--title', 'feat: one', '--repo', 'demo/app', '--as', 'ann')

await test('each commit has its rows: what it breaks in whole, with the line of the file, what it keeps by name', async () => {
  const page = await get('lead', '/demo/app/changes/1')
  const [bad, good] = section(page, '2 commits').split('<li>').slice(1)
  ok(/✗ failed type\(scope\): description: [0-9a-f]{10}: "What &lt;is&gt; this" commits\.convention \.sluice\/strategy\.yml:4:\d+/.test(text(bad)), text(bad))
  ok(/no file \*\.pem: key\.pem comes in with [0-9a-f]{10} files\.forbid/.test(text(bad)), text(bad))
  ok(/href="\/demo\/app\/strategy#L4"/.test(bad), bad)
  ok(!/failed/.test(good) && /✓ commits ✓ files\.forbid ✓ files\.max-size/.test(text(good)), text(good))
  const { commits } = await get('lead', '/demo/app/changes/1.json')
  equal(commits.map((c) => c.rules.map((r) => r.state).join(' ')).join(', '), 'failed failed, passed passed passed', 'the same as data')
})
await test('the answer names what is wanted, and the places of rules lead to their lines, in a preset too', async () => {
  const page = await get('lead', '/demo/app/changes/1')
  ok(/<p class="answer failed">.*Blocked by \d rules?: .*no file \*\.pem/.test(page), text(page).slice(0, 600))
  const link = page.match(/href="(\/demo\/app\/strategy\?file=preset:gitflow)#(L\d+)">preset:gitflow:\d+:\d+</)
  ok(link, 'a link into the preset')
  ok((await get('lead', link[1])).includes(`id="${link[2]}"`), 'its line is there')
  const strategy = await get('lead', '/demo/app/strategy')
  ok(/<a href="\/demo\/app\/strategy\?file=preset:gitflow#L\d+">preset:gitflow:\d+:\d+<\/a><\/span><\/td>/.test(strategy), 'each way in has its line')
  const none = await fetch(`${s.url}/demo/app/strategy?file=preset:nothing`, { headers: { authorization: `Bearer ${token.lead}` } })
  equal(none.status, 404, 'a preset that is not there')
})
await test('what would follow from the merge is said while it is blocked', async () => {
  const said = text(section(await get('reader', '/demo/app/changes/1'), 'What follows from the merge'))
  ok(/into develop/.test(said) && /delete +feature\/one/.test(said) && /deploy what landed to staging/.test(said), said)
  ok(!/Dry run/.test(said), 'nothing to compute yet')
})
await test('of what may be merged it is as judged, with a dry run; afterwards it says what followed, and by which rules', async () => {
  s.git(clone, 'checkout', '-q', '-b', 'feature/two', 'develop')
  commit('feat: two', 'c')
  s.git(clone, 'push', '-q', s.remote('ann', token.ann, 'demo/app'), 'feature/two')
  s.sluice('change', 'open', 'feature/two', '--into', 'develop', '--title', 'feat: two', '--repo', 'demo/app', '--as', 'ann')
  s.sluice('change', 'review', '2', '--approve', '--repo', 'demo/app', '--as', 'lead')
  const open = section(await get('lead', '/demo/app/changes/2'), 'What follows from the merge')
  ok(/delete +refs\/heads\/feature\/two/.test(text(open)) && /href="\?try=1#try"/.test(open), open)
  ok(/What a merge would do now/.test(await get('lead', '/demo/app/changes/2?try=1')), 'the dry run')
  s.sluice('change', 'merge', '2', '--repo', 'demo/app', '--as', 'lead')
  const page = await get('reader', '/demo/app/changes/2')
  ok(/The rules by which it was merged/.test(page) && /1 of 1: lead/.test(page), 'its verdict')
  ok(/delete +refs\/heads\/feature\/two/.test(text(section(page, 'What followed from the merge'))), text(page))
  ok((await get('reader', '/demo/app/changes/2.json')).verdict.follows.length, 'the same as data')
})
await test('only what may be done is offered: no review of one\'s own, no closing by who only reads', async () => {
  const offered = async (who) => {
    const headers = { origin: s.url, 'content-type': 'application/x-www-form-urlencoded' }
    const r = await fetch(`${s.url}/sign-in`, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams({ token: token[who] }) })
    const page = await (await fetch(`${s.url}/demo/app/changes/1`, { headers: { cookie: r.headers.get('set-cookie').split(';')[0] } })).text()
    return [...page.matchAll(/<button name="do" value="([a-z-]+)"/g)].map((m) => m[1]).join(' ')
  }
  equal(await offered('ann'), 'comment close', 'the author')
  equal(await offered('lead'), 'approve request-changes comment close', 'a reviewer')
  equal(await offered('reader'), 'approve request-changes comment', 'who only reads')
})
await s.stop()
finish()
