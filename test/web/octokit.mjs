// Every operation of docs/github-api.md called by @octokit/rest as it is: success, 404, 422, and Link paging. What is answered is then held
// against the types that GitHub publishes, by the TypeScript compiler.
// Requirement: PR-1
// Timeout: 300
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { githubWorld } from './github_world.mjs'
import { test, finish, equal, ok, top } from './server.mjs'

const w = await githubWorld()
const { s } = w
const here = { owner: 'demo', repo: 'app' }
const nowhere = { owner: 'demo', repo: 'nothing' }
const o = { lead: w.oct('lead'), ann: w.oct('ann'), bob: w.oct('bob'), eve: w.oct('eve'), nobody: w.oct(), ship: w.oct('lead-ship'), annship: w.oct('ann-ship') }
const gone = 'f'.repeat(40)
const answers = [] // [operation, data] for the compiler

const statusOf = async (promise) => promise.then((r) => r.status, (e) => e.status ?? Promise.reject(e))
const call = (who, op, args) => {
  const [ns, method] = op.split('.')
  return o[who].rest[ns][method](args)
}
async function refused (who, op, args, status) {
  let e
  try { await call(who, op, args) } catch (x) { e = x }
  ok(e, `${op} was not refused`)
  equal(e.status, status, `${op} ${JSON.stringify(args)}: ${e.message}`)
  ok(typeof e.response.data.message === 'string' && e.response.data.message.length > 0, `${op} ${status} has no message`)
  ok(typeof e.response.data.documentation_url === 'string', `${op} ${status} has no documentation_url`)
  return e.response.data
}

// An entry: who calls, the arguments, the status; `missing`: arguments that answer 404; `invalid`: arguments that answer 422;
// `list`: its rows are asked one by one, and the pages together must be the whole.
async function operation (op, e) {
  const who = e.as ?? 'lead'
  let result
  await test(`${op} ${e.status ?? 200}`, async () => {
    const args = await e.args()
    const r = await call(who, op, args)
    equal(r.status, e.status ?? 200, op)
    if (r.data !== undefined && r.status !== 204) answers.push([r.url, op, r.data])
    if (e.check) await e.check(r.data, r)
    result = r.data
  })
  for (const missing of e.missing ?? [nowhere]) {
    await test(`${op} 404 ${JSON.stringify(missing).slice(0, 60)}`, async () => refused(who, op, { ...await e.args(), ...missing }, 404))
  }
  for (const invalid of e.invalid ?? []) {
    await test(`${op} 422 ${JSON.stringify(invalid).slice(0, 60)}`, async () => {
      const data = await refused(who, op, { ...await e.args(), ...invalid }, 422)
      if (e.fields !== false) ok(Array.isArray(data.errors) ? data.errors.every((x) => x.resource && x.field && x.code) : data.message, `${op}: ${JSON.stringify(data)}`)
    })
  }
  if (e.list) {
    await test(`${op} pages`, async () => {
      const args = await e.args()
      const rows = (data) => e.list === true ? data : data[e.list]
      const whole = rows((await call(who, op, { ...args, per_page: 100 })).data)
      ok(whole.length >= 2, `${op} has only ${whole.length} rows to page through`)
      const first = await call(who, op, { ...args, per_page: 1 })
      ok(/rel="next"/.test(first.headers.link), `Link of the first page: ${first.headers.link}`)
      ok(e.open || /rel="last"/.test(first.headers.link), `Link of the first page: ${first.headers.link}`)
      const second = await call(who, op, { ...args, per_page: 1, page: 2 })
      ok(/rel="prev"/.test(second.headers.link) && /rel="first"/.test(second.headers.link), `Link of the second page: ${second.headers.link}`)
      const [ns, method] = op.split('.')
      // Octokit hands out the rows of most lists, and the pages themselves of those that are an object with a url.
      const paged = (await o[who].paginate(o[who].rest[ns][method], { ...args, per_page: 1 })).flatMap((x) => x[e.list] ?? x)
      equal(JSON.stringify(paged.map(e.key ?? key)), JSON.stringify(whole.map(e.key ?? key)), `${op} page by page`)
    })
  }
  return result
}
const key = (x) => x.id ?? x.sha ?? x.ref ?? x.name ?? x.filename

// ---- the server itself ------------------------------------------------------------------------------------------------------------
await operation('meta.root', { args: () => ({}), missing: [], check: (d, r) => { equal(d.current_user_url, s.url + '/api/v3/user', 'user'); equal(r.headers['x-oauth-scopes'], 'repo:write', 'scopes, as gh reads them') } })
await operation('meta.get', { as: 'nobody', args: () => ({}), missing: [], check: (d) => equal(d.verifiable_password_authentication, false, 'passwords') })
await test('rateLimit.get 404: nobody counts, and no header says so', async () => {
  equal((await refused('lead', 'rateLimit.get', {}, 404)).message, 'Rate limiting is not enabled.', 'message')
  const { headers } = await call('lead', 'meta.root', {})
  equal(Object.keys(headers).filter((h) => h.startsWith('x-ratelimit')).join(), '', 'headers')
  ok(/^[0-9a-f]{16}$/.test(headers['x-github-request-id']), `X-GitHub-Request-Id: ${headers['x-github-request-id']}`)
  ok((await call('lead', 'meta.root', {})).headers['x-github-request-id'] !== headers['x-github-request-id'], 'one id for two requests')
  equal(headers['x-github-media-type'], 'github.v3; format=json', 'X-GitHub-Media-Type')
})

// ---- repositories and people ----------------------------------------------------------------------------------------------------
await operation('repos.get', { args: () => here, check: (d) => { equal(d.full_name, 'demo/app', 'full_name'); equal(d.permissions.admin, true, 'admin') } })
await operation('repos.update', { args: () => ({ ...here, default_branch: 'main' }), invalid: [{ default_branch: 'nowhere' }, { default_branch: 3 }], check: (d) => equal(d.default_branch, 'main', 'default_branch') })
await operation('repos.listForAuthenticatedUser', { args: () => ({}), missing: [], invalid: [{ sort: 'colour' }], list: true })
await operation('repos.listForUser', { args: () => ({ username: 'demo' }), missing: [], invalid: [{ type: 'colour' }], list: true })
await operation('users.getAuthenticated', { as: 'ann', args: () => ({}), missing: [], check: (d, r) => { equal(d.login, 'ann', 'login'); equal(r.headers['x-oauth-scopes'], 'repo:write', 'scopes') } })
await operation('users.getByUsername', { args: () => ({ username: 'bob' }), missing: [{ username: 'nobody-here' }], check: (d) => equal(d.login, 'bob', 'login') })
await test('who may not read a repository is told 404, who is not signed in too', async () => {
  equal(await statusOf(o.eve.rest.repos.get(here)), 404, 'eve')
  equal(await statusOf(o.nobody.rest.repos.get(here)), 404, 'nobody')
  equal(await statusOf(o.nobody.rest.users.getAuthenticated()), 401, 'nobody is nobody')
})

// ---- branches ---------------------------------------------------------------------------------------------------------------------
const head = { one: w.branch('one', 3), two: w.branch('two'), three: w.branch('three') }
await operation('repos.listBranches', { args: () => here, invalid: [{ protected: 'perhaps' }], list: true, key: (x) => x.name })
await operation('repos.getBranch', { args: () => ({ ...here, branch: 'feature/one' }), missing: [nowhere, { branch: 'feature/none' }], check: (d) => equal(d.commit.sha, head.one, 'head') })
await operation('repos.getBranchProtection', {
  args: () => ({ ...here, branch: 'main' }),
  missing: [nowhere, { branch: 'none' }, { branch: 'feature/one' }],
  check: (d) => {
    equal(JSON.stringify(d.required_status_checks.contexts), '["build"]', 'contexts')
    equal(d.required_pull_request_reviews.required_approving_review_count, 1, 'approvals')
    equal(d.required_pull_request_reviews.dismiss_stale_reviews, true, 'stale')
    equal(d.required_pull_request_reviews.require_last_push_approval, true, 'last push')
    equal(d.enforce_admins.enabled, true, 'administrators too')
    equal(d.allow_force_pushes.enabled, false, 'force-push')
    equal(d.allow_deletions.enabled, false, 'delete')
    equal(d.restrictions.users.length + d.restrictions.teams.length, 0, 'nobody pushes')
  }
})
await test('the parts of the protection have an address each', async () => {
  const part = async (section) => (await o.lead.request(`GET /repos/demo/app/branches/main/protection/${section}`)).data
  equal((await part('required_status_checks/contexts')).join(), 'build', 'contexts')
  equal((await part('required_pull_request_reviews')).required_approving_review_count, 1, 'approvals')
  equal((await part('restrictions/teams')).length, 0, 'teams')
  equal((await part('enforce_admins')).enabled, true, 'administrators too')
  equal(await statusOf(part('nothing')), 404, 'no such part')
})
await operation('repos.listTags', { args: () => here, list: true, key: (x) => x.name })

// ---- Git's own ------------------------------------------------------------------------------------------------------------------
await operation('git.getRef', { args: () => ({ ...here, ref: 'heads/main' }), missing: [nowhere, { ref: 'heads/none' }, { ref: 'pull/1/head' }], check: (d) => equal(d.object.sha, w.root, 'sha') })
await test('the url of a ref leads to it', async () => {
  const { url } = (await call('lead', 'git.getRef', { ...here, ref: 'heads/feature/one' })).data
  equal((await o.lead.request(`GET ${url}`)).data.object.sha, head.one, 'sha')
})
await operation('git.listMatchingRefs', { args: () => ({ ...here, ref: 'heads/feature/' }), list: true, key: (x) => x.ref })
await test('git.listMatchingRefs and all refs: branches and tags, not what the server keeps beside them', async () => {
  const names = async (path) => (await o.lead.request(`GET /repos/demo/app/git/${path}`, { per_page: 100 })).data.map((x) => x.ref).join()
  equal(await names('matching-refs/sluice'), '', "the server's own")
  equal(await names('refs'), s.git(w.clone, 'ls-remote', s.remote('ann', w.token.ann, 'demo/app')).split('\n').map((x) => x.split('\t')[1]).filter((x) => /^refs\/(heads|tags)\/(?!.*\^)/.test(x)).sort().join(), 'as git lists them')
})
await operation('git.createRef', {
  as: 'ann', args: () => ({ ...here, ref: 'refs/heads/feature/api', sha: w.root }), status: 201,
  invalid: [{ sha: gone }, { sha: 7 }, { sha: 'main' }, { ref: 'feature/api' }, { ref: 'refs/heads/../up' }, { ref: 'refs/heads/main' }],
  check: (d) => equal(s.git(w.clone, 'ls-remote', s.remote('ann', w.token.ann, 'demo/app'), 'refs/heads/feature/api').split('\t')[0], d.object.sha, 'the branch')
})
await operation('git.updateRef', {
  as: 'ann', args: () => ({ ...here, ref: 'heads/feature/api', sha: head.two }),
  missing: [nowhere, { ref: 'heads/feature/none' }], invalid: [{ sha: gone }, { sha: 'x' }, { sha: w.root, force: 'yes' }, { sha: w.root }]
})
await test('git.updateRef: a rule says no, and its verdict tells which', async () => {
  const data = await refused('ann', 'git.updateRef', { ...here, ref: 'heads/main', sha: head.one }, 422)
  equal(data.verdict.verdict, 'deny', 'verdict')
  ok(data.verdict.rules.some((r) => r.rule === 'branches.main.allow.push' && r.state === 'failed'), JSON.stringify(data.verdict.rules.map((r) => [r.rule, r.state])))
  equal(s.git(w.clone, 'ls-remote', s.remote('ann', w.token.ann, 'demo/app'), 'refs/heads/main').split('\t')[0], w.root, 'main did not move')
})
await operation('git.deleteRef', { as: 'ann', args: () => ({ ...here, ref: 'heads/feature/api' }), status: 204, invalid: [{ ref: 'heads/feature/none' }, { ref: 'heads/main' }], fields: false })
await operation('git.getCommit', { args: () => ({ ...here, commit_sha: w.root }), missing: [nowhere, { commit_sha: gone }, { commit_sha: 'main' }], check: (d) => equal(d.message.trim(), 'feat: two', 'message') })
const tagId = s.git(w.clone, 'rev-parse', 'v0.1.0')
await operation('git.getTag', { args: () => ({ ...here, tag_sha: tagId }), missing: [nowhere, { tag_sha: w.root }, { tag_sha: gone }], check: (d) => equal(d.tagger.name, 'Ann', 'tagger') })
await operation('git.createTag', {
  args: () => ({ ...here, tag: 'v0.3.0', message: 'third', object: w.root, type: 'commit' }), status: 201,
  invalid: [{ object: gone }, { message: 3 }, { type: 'tree' }, { tag: 'a..b' }], check: (d) => equal(d.object.sha, w.root, 'object')
})

const treeId = s.git(w.clone, 'rev-parse', `${w.root}^{tree}`)
const blobId = s.git(w.clone, 'rev-parse', `${w.root}:b.txt`)
s.git(w.clone, 'checkout', '-q', '-b', 'feature/deep', w.root)
w.commit('x/y/sp ace.txt', 'feat: deep', 'in the deep\n')
w.push('ann', 'feature/deep')
await operation('git.getTree', {
  args: () => ({ ...here, tree_sha: treeId }), missing: [nowhere, { tree_sha: gone }, { tree_sha: 'none' }],
  check: (d) => equal(d.tree.map((x) => `${x.mode} ${x.type} ${x.sha}\t${x.path}`).join('\n'), s.git(w.clone, 'ls-tree', treeId), 'as git lists it')
})
await test('git.getTree of a branch, recursive', async () => {
  const d = (await call('lead', 'git.getTree', { ...here, tree_sha: 'feature/deep', recursive: '1' })).data
  equal(d.tree.map((x) => `${x.mode} ${x.type} ${x.sha}\t${x.path}`).join('\n'), s.git(w.clone, 'ls-tree', '-r', '-t', 'feature/deep'), 'as git lists it')
  equal(d.truncated, false, 'truncated')
})
await operation('git.getBlob', {
  args: () => ({ ...here, file_sha: blobId }), missing: [nowhere, { file_sha: gone }, { file_sha: w.root }],
  check: (d) => equal(Buffer.from(d.content, 'base64').toString(), 'feat: two\n', 'content')
})
await operation('repos.getContent', {
  args: () => ({ ...here, path: 'x/y/sp ace.txt', ref: 'feature/deep' }), missing: [nowhere, { path: 'x/none' }, { path: 'x/y/sp ace.txt/z' }, { ref: 'none' }],
  check: (d) => { equal(d.type, 'file', 'type'); equal(d.path, 'x/y/sp ace.txt', 'path'); equal(Buffer.from(d.content, 'base64').toString(), 'in the deep\n', 'content') }
})
await test('repos.getContent of folders, and raw', async () => {
  equal((await call('lead', 'repos.getContent', { ...here, path: 'x/y', ref: 'feature/deep' })).data[0].path, 'x/y/sp ace.txt', 'a folder')
  const root = (await call('lead', 'repos.getContent', { ...here, path: '' })).data
  equal(root.map((x) => x.name).join(), 'README.md,a.txt,b.txt', 'the root')
  answers.push(['', 'repos.getContent', root])
  equal((await call('lead', 'repos.getContent', { ...here, path: 'b.txt', mediaType: { format: 'raw' } })).data, 'feat: two\n', 'raw')
})

// ---- commits --------------------------------------------------------------------------------------------------------------------
await operation('repos.listCommits', { args: () => ({ ...here, sha: 'feature/one' }), missing: [nowhere, { sha: 'none' }], invalid: [{ since: 'yesterday' }], list: true, check: (d) => equal(d[0].sha, head.one, 'newest first') })
await test('repos.listCommits by sha, path, author, since and until', async () => {
  const subjects = async (args) => (await call('lead', 'repos.listCommits', { ...here, ...args })).data.map((c) => c.commit.message.trim()).join()
  const log = (...args) => s.git(w.clone, 'log', '--format=%s', ...args).split('\n').join()
  equal(await subjects({ sha: 'feature/one', path: 'one2.txt' }), log('feature/one', '--', 'one2.txt'), 'a file')
  equal(await subjects({ sha: 'feature/deep', path: 'x/y/' }), log('feature/deep', '--', 'x/y'), 'a folder')
  equal(await subjects({ path: 'no-such-file' }), '', 'no file')
  equal(await subjects({ path: ':(top)a.txt' }), '', 'a path is no pattern')
  equal(await subjects({ path: '../a.txt' }), '', 'nothing outside')
  equal(await subjects({ path: 'a.txt', author: 'ann@example.org' }), 'feat: one', 'and an author')
  equal(await subjects({ author: 'Nobody' }), '', 'no author')
  equal(await subjects({ since: '2000-01-01T00:00:00Z' }), log('main'), 'since')
  equal(await subjects({ until: '2000-01-01T00:00:00Z' }), '', 'until')
  const { link } = (await call('lead', 'repos.listCommits', { ...here, sha: 'feature/one', path: 'one2.txt', per_page: 1 })).headers
  equal(link, undefined, 'Link of one row')
})
await test('a commit, a comparison as text: diff and patch', async () => {
  const text = async (op, args, format) => (await call('lead', op, { ...here, ...args, mediaType: { format } })).data
  equal(await text('repos.getCommit', { ref: 'feature/one' }, 'diff'), s.git(w.clone, 'diff', '--full-index', 'feature/one~1', 'feature/one') + '\n', 'the diff that git makes')
  equal(await text('repos.getCommit', { ref: 'feature/one' }, 'sha'), head.one, 'the id alone')
  equal((await text('repos.getCommit', { ref: 'feature/one' }, 'patch')).split('\n')[0].slice(0, 45), `From ${head.one}`, 'a patch')
  equal((await text('repos.compareCommitsWithBasehead', { basehead: 'main...feature/one' }, 'patch')).match(/^Subject: .*/gm).length, 3, 'a patch for each commit')
  ok((await text('repos.compareCommitsWithBasehead', { basehead: 'main...feature/one' }, 'diff')).startsWith('diff --git a/one1.txt'), 'one diff')
  const root = s.git(w.clone, 'rev-list', '--max-parents=0', 'main')
  equal((await text('repos.getCommit', { ref: root }, 'patch')).match(/^Subject: .*/gm).join(), 'Subject: [PATCH] docs: begin', 'of a root')
  ok((await text('repos.getCommit', { ref: root }, 'diff')).includes('new file mode'), 'of a root')
})
await operation('repos.downloadTarballArchive', {
  args: () => ({ ...here, ref: 'v0.1.0' }), missing: [nowhere, { ref: 'none' }, { ref: gone }],
  check: (d, r) => {
    equal(r.headers['content-disposition'], `attachment; filename="demo-app-${w.root.slice(0, 10)}.tar.gz"`, 'its name')
    const names = spawnSync('tar', ['-tz'], { input: Buffer.from(d), encoding: 'utf8' }).stdout.trim().split('\n')
    equal(names.map((x) => x.split('/').slice(1).join('/')).join(), ',README.md,a.txt,b.txt', 'files')
  }
})
await operation('repos.downloadZipballArchive', {
  args: () => ({ ...here, ref: 'feature/one' }), missing: [nowhere, { ref: 'none' }], check: (d) => equal(Buffer.from(d).subarray(0, 2).toString(), 'PK', 'a zip')
})
await operation('repos.getCommit', {
  args: () => ({ ...here, ref: 'feature/one' }), missing: [nowhere, { ref: 'none' }], invalid: [{ ref: gone }], fields: false,
  check: (d) => { equal(d.sha, head.one, 'sha'); equal(d.files[0].filename, 'one3.txt', 'file'); equal(d.stats.additions, 3, 'additions'); ok(d.files[0].patch.startsWith('@@ '), 'patch') }
})
await operation('repos.compareCommitsWithBasehead', {
  args: () => ({ ...here, basehead: 'main...feature/one' }), missing: [nowhere, { basehead: 'main...none' }, { basehead: 'main' }],
  check: (d) => { equal(d.status, 'ahead', 'status'); equal(d.ahead_by, 3, 'ahead'); equal(d.commits[0].commit.message.trim(), 'feat: one 1', 'oldest first'); equal(d.files.length, 3, 'files') }
})
await test('repos.compareCommits (base and head)', async () => equal((await o.lead.rest.repos.compareCommits({ ...here, base: 'feature/one', head: 'main' })).data.status, 'behind', 'status'))

// ---- statuses and check runs ------------------------------------------------------------------------------------------------------
await operation('repos.createCommitStatus', {
  as: 'bob', args: () => ({ ...here, sha: head.two, state: 'success', context: 'lint', description: 'fine', target_url: 'https://ci.example.org/1' }), status: 201,
  invalid: [{ state: 'good' }, { state: 1 }, { sha: gone }, { description: [] }], check: (d) => equal(d.creator.login, 'bob', 'creator')
})
await call('bob', 'repos.createCommitStatus', { ...here, sha: head.two, state: 'pending', context: 'docs', surprise: { unknown: ['fields', 'are', 'ignored'] } })
await operation('repos.listCommitStatusesForRef', { args: () => ({ ...here, ref: 'feature/two' }), missing: [nowhere, { ref: 'none' }], invalid: [{ ref: gone }], fields: false, list: true })
await operation('repos.getCombinedStatusForRef', {
  args: () => ({ ...here, ref: 'feature/two' }), missing: [nowhere, { ref: 'none' }], invalid: [{ ref: gone }], fields: false, list: 'statuses',
  check: (d) => { equal(d.state, 'pending', 'state'); equal(d.total_count, 2, 'count') }
})
const run = await operation('checks.create', {
  as: 'bob', args: () => ({ ...here, name: 'build', head_sha: head.one, status: 'in_progress', output: { title: 't', summary: 's' } }), status: 201,
  invalid: [{ head_sha: gone }, { status: 'ready' }, { conclusion: 'good' }, { status: 'completed' }, { output: { title: 1, summary: 's' } }, { started_at: 'now' }]
})
await operation('checks.update', {
  as: 'bob', args: () => ({ ...here, check_run_id: run.id, conclusion: 'success' }), missing: [nowhere, { check_run_id: 999999 }], invalid: [{ conclusion: 'good' }, { name: 3 }],
  check: (d) => { equal(d.status, 'completed', 'status'); ok(d.completed_at, 'completed_at') }
})
await operation('checks.get', { args: () => ({ ...here, check_run_id: run.id }), missing: [nowhere, { check_run_id: 999999 }], check: (d) => { equal(d.conclusion, 'success', 'conclusion'); equal(d.app.slug, 'bob', 'who reported') } })
await call('bob', 'checks.create', { ...here, name: 'lint', head_sha: head.one, conclusion: 'neutral' })
await operation('checks.listForRef', { args: () => ({ ...here, ref: head.one }), missing: [nowhere, { ref: 'none' }], invalid: [{ ref: gone }], fields: false, list: 'check_runs' })

// ---- changes ------------------------------------------------------------------------------------------------------------------------
const one = await operation('pulls.create', {
  as: 'ann', args: () => ({ ...here, title: 'One', head: 'feature/one', base: 'main', body: 'Why not' }), status: 201,
  invalid: [{ title: 5 }, { head: 'feature/none' }, { base: 'none' }, { draft: 'yes' }, { head: 'main' }, { head: 'feature/one' }],
  check: (d) => { equal(d.state, 'open', 'state'); equal(d.mergeable, true, 'mergeable'); equal(d.mergeable_state, 'blocked', 'mergeable_state'); equal(d.commits, 3, 'commits') }
})
const two = (await call('ann', 'pulls.create', { ...here, title: 'Two', head: 'demo:feature/two', base: 'main', draft: true })).data
const N = { ...here, pull_number: one.number }
const noChange = { pull_number: 999 }
await operation('pulls.list', { args: () => here, invalid: [{ state: 'ajar' }], list: true, check: (d) => equal(d.length, 2, 'changes') })
await operation('pulls.get', { args: () => N, missing: [nowhere, noChange], check: (d) => equal(d.verdict.verdict, 'wait', 'an approval and a resolved thread open it') })
await test('pulls.get as text: diff and patch', async () => {
  const text = async (format) => (await call('lead', 'pulls.get', { ...N, mediaType: { format } })).data
  ok((await text('diff')).startsWith('diff --git a/one1.txt'), 'diff')
  equal((await text('patch')).match(/^Subject: .*/gm).length, 3, 'a patch for each commit')
})
await test('a draft says so', async () => equal((await call('ann', 'pulls.get', { ...here, pull_number: two.number })).data.mergeable_state, 'draft', 'mergeable_state'))
await operation('pulls.update', {
  as: 'ann', args: () => ({ ...N, title: 'One, again' }), missing: [nowhere, noChange], invalid: [{ title: [] }, { state: 'ajar' }, { base: 'none' }],
  check: (d) => equal(d.title, 'One, again', 'title')
})
await operation('pulls.listCommits', { args: () => N, missing: [nowhere, noChange], list: true, check: (d) => equal(d[2].sha, head.one, 'newest last') })
await operation('pulls.listFiles', { args: () => N, missing: [nowhere, noChange], list: true, key: (x) => x.filename, check: (d) => equal(d[0].status, 'added', 'status') })

const resolve = (id) => fetch(`${s.url}/api/sluice/repos/demo/app/changes/${one.number}/threads/${id}`, { method: 'PUT', headers: { authorization: `Bearer ${w.token.bob}`, 'content-type': 'application/json' }, body: '{}' })

// ---- reviews and comments ---------------------------------------------------------------------------------------------------------
const review = await operation('pulls.createReview', {
  as: 'bob', args: () => ({ ...N, event: 'COMMENT', body: 'Hm' }), missing: [nowhere, noChange], invalid: [{ event: 'NOD' }, { event: 4 }, { event: 'REQUEST_CHANGES', body: '' }, { event: 'APPROVE', commit_id: w.root }],
  check: (d) => equal(d.state, 'COMMENTED', 'state')
})
await test('pulls.createReview: its comments are kept, each a thread', async () => {
  const before = (await call('lead', 'pulls.listReviewComments', N)).data.length
  const r = (await call('bob', 'pulls.createReview', { ...N, event: 'COMMENT', comments: [{ path: 'one1.txt', line: 1, side: 'RIGHT', body: 'first' }, { path: 'one2.txt', body: 'second' }] })).data
  equal(r.state, 'COMMENTED', 'state')
  const said = (await call('lead', 'pulls.listReviewComments', N)).data.slice(before)
  equal(said.map((c) => `${c.path}:${c.line ?? ''} ${c.body} ${c.user.login} ${c.commit_id === head.one}`).join(), 'one1.txt:1 first bob true,one2.txt: second bob true', 'comments')
  for (const c of said) equal((await resolve(c.thread)).status, 204, 'each thread is resolved')
  const reviews = (await call('lead', 'pulls.listReviews', N)).data.length
  for (const comments of ['first', ['first'], [{ body: 'no path' }], [{ path: 'one1.txt' }], [{ path: 'one1.txt', line: 'one', body: 'x' }], [{ path: 'one1.txt', line: -1, body: 'x' }],
    [{ path: 'one1.txt', position: 1, body: 'x' }], [{ path: 'one1.txt', line: 1, side: 'LEFT', body: 'x' }]]) {
    const data = await refused('bob', 'pulls.createReview', { ...N, event: 'COMMENT', body: 'x', comments }, 422)
    ok(data.errors.every((x) => x.resource && x.field && x.code), JSON.stringify(data))
  }
  equal((await call('lead', 'pulls.listReviews', N)).data.length, reviews, 'a review with a bad comment is not kept')
  equal((await call('lead', 'pulls.listReviewComments', N)).data.length, before + 2, 'nor are its comments')
})
await test('pulls.createReview: nobody approves an own change', async () => refused('ann', 'pulls.createReview', { ...N, event: 'APPROVE' }, 422))
const approval = (await call('bob', 'pulls.createReview', { ...N, event: 'APPROVE', commit_id: head.one })).data
await operation('pulls.listReviews', { args: () => N, missing: [nowhere, noChange], list: true })
await operation('pulls.getReview', { args: () => ({ ...N, review_id: review.id }), missing: [nowhere, noChange, { review_id: 999 }, { pull_number: two.number }] })
await operation('pulls.dismissReview', {
  args: () => ({ ...N, review_id: approval.id, message: 'Too early' }), missing: [nowhere, noChange, { review_id: 999 }], invalid: [{ message: '' }, { message: 2 }],
  check: (d) => equal(d.state, 'DISMISSED', 'state')
})
const I = { ...here, issue_number: one.number }
await operation('issues.createComment', { as: 'bob', args: () => ({ ...I, body: 'Look' }), status: 201, missing: [nowhere, { issue_number: 999 }], invalid: [{ body: '' }, { body: 1 }] })
await call('ann', 'issues.createComment', { ...I, body: 'I have' })
await operation('issues.getComment', { args: async () => ({ ...here, comment_id: (await call('bob', 'issues.listComments', I)).data[0].id }), missing: [{ owner: 'demo', repo: 'lib' }, nowhere, { comment_id: 999999 }], check: (d) => equal(d.body, 'Look', 'body') })
await operation('issues.listComments', { args: () => I, missing: [nowhere, { issue_number: 999 }], list: true })
const line = await operation('pulls.createReviewComment', {
  as: 'bob', args: () => ({ ...N, body: 'Why?', path: 'one1.txt', line: 1, commit_id: head.one, side: 'RIGHT' }), status: 201, missing: [nowhere, noChange], invalid: [{ body: '' }, { line: 'first' }, { line: -1 }, { path: '' }, { in_reply_to: 4711 }]
})
await call('ann', 'pulls.createReviewComment', { ...N, body: 'Because', in_reply_to: line.id })
await operation('pulls.getReviewComment', { args: () => ({ ...here, comment_id: line.id }), missing: [{ owner: 'demo', repo: 'lib' }, nowhere, { comment_id: 999999 }], check: (d) => equal(d.body, 'Why?', 'body') })
await test('a comment on a line is none on the whole', async () => refused('lead', 'issues.getComment', { ...here, comment_id: line.id }, 404))
await operation('pulls.listReviewComments', { args: () => N, missing: [nowhere, noChange], list: true })

// ---- the change as an issue -------------------------------------------------------------------------------------------------------
await operation('issues.addLabels', {
  as: 'ann', args: () => ({ ...I, labels: ['bug', 'ui'] }), missing: [nowhere, { issue_number: 999 }], invalid: [{ labels: 'bug' }, { labels: [7] }, { labels: ['a,b'] }, { labels: [''] }],
  check: (d) => equal(d.map((x) => x.name).join(), 'bug,ui', 'labels')
})
await test('issues.addLabels adds none twice', async () => equal((await call('ann', 'issues.addLabels', { ...I, labels: ['ui', 'late'] })).data.map((x) => x.name).join(), 'bug,ui,late', 'labels'))
await operation('issues.removeLabel', { as: 'ann', args: () => ({ ...I, name: 'late' }), missing: [{ name: 'late' }, nowhere, { issue_number: 999 }], check: (d) => equal(d.length, 2, 'labels') })
await operation('issues.listLabelsOnIssue', { args: () => I, missing: [nowhere, { issue_number: 999 }], list: true, check: (d) => equal(d[0].name, 'bug', 'label') })
await operation('issues.getLabel', { args: () => ({ ...here, name: 'bug' }), missing: [nowhere, { name: 'a,b' }], check: (d) => equal(d.name, 'bug', 'name') })
await operation('issues.get', {
  args: () => I, missing: [nowhere, { issue_number: 999 }],
  check: (d) => { equal(d.title, 'One, again', 'title'); equal(d.comments, 2, 'comments on the whole'); equal(d.labels.map((x) => x.name).join(), 'bug,ui', 'labels'); ok(d.pull_request.diff_url, 'diff_url') }
})
await operation('issues.listForRepo', { args: () => here, invalid: [{ state: 'ajar' }], list: true, check: (d) => equal(d.length, 2, 'changes') })
await operation('issues.setLabels', { as: 'ann', args: () => ({ ...I, labels: [{ name: 'one' }] }), missing: [nowhere, { issue_number: 999 }], invalid: [{ labels: [{}] }], check: (d) => equal(d.map((x) => x.name).join(), 'one', 'labels') })

// ---- merging --------------------------------------------------------------------------------------------------------------------------
await test('pulls.checkIfMerged 404: not yet', async () => refused('lead', 'pulls.checkIfMerged', N, 404))
await test('pulls.merge 405: a rule says no, and its verdict tells what opens it', async () => {
  const data = await refused('lead', 'pulls.merge', N, 405)
  equal(data.verdict.verdict, 'wait', 'verdict')
  ok(data.verdict.rules.some((r) => r.rule.endsWith('approvals') && r.state !== 'passed'), 'approvals')
  ok(data.verdict.rules.some((r) => r.rule.endsWith('threads-resolved') && r.state !== 'passed'), 'threads')
})
await test('pulls.merge 409: the head is another one', async () => refused('lead', 'pulls.merge', { ...N, sha: w.root }, 409))
await test('a thread is resolved', async () => equal((await resolve(line.thread)).status, 204, 'status'))
await call('bob', 'pulls.createReview', { ...N, event: 'APPROVE' })
await test('pulls.get: it may be merged now', async () => {
  const d = (await call('lead', 'pulls.get', N)).data
  equal(d.mergeable_state, 'clean', JSON.stringify(d.verdict.rules.filter((r) => r.state !== 'passed')))
})
await operation('pulls.merge', { args: () => ({ ...N, sha: head.one, merge_method: 'merge' }), missing: [nowhere, noChange], invalid: [], check: (d) => equal(d.merged, true, 'merged') })
await test('pulls.merge 422: wrong types', async () => {
  await refused('lead', 'pulls.merge', { ...here, pull_number: two.number, merge_method: 'octopus' }, 422)
  await refused('lead', 'pulls.merge', { ...here, pull_number: two.number, sha: 1 }, 422)
})
await operation('pulls.checkIfMerged', { args: () => N, status: 204, missing: [nowhere, noChange, { pull_number: two.number }] })
await test('pulls.get: merged, closed, and by whom', async () => {
  const d = (await call('lead', 'pulls.get', N)).data
  equal(d.merged, true, 'merged')
  equal(d.state, 'closed', 'state')
  equal(d.merged_by.login, 'lead', 'merged_by')
  answers.push(['', 'pulls.get', d])
})
await test('pulls.update closes and opens again', async () => {
  equal((await call('ann', 'pulls.update', { ...here, pull_number: two.number, state: 'closed' })).data.state, 'closed', 'state')
  equal((await call('ann', 'pulls.update', { ...here, pull_number: two.number, state: 'open' })).data.state, 'open', 'state')
})

await test('pulls.get counts all commits, more than a page shows', async () => {
  w.branch('many', 1)
  for (let i = 0; i < 101; i++) s.git(w.clone, 'commit', '-q', '--allow-empty', '-m', `feat: ${i}`)
  w.push('ann', 'feature/many')
  equal((await call('ann', 'pulls.create', { ...here, title: 'Many', head: 'feature/many', base: 'main', draft: true })).data.commits, 102, 'commits')
})
await test('mergeable_state: dirty when it conflicts, and the merge answers 405', async () => {
  s.git(w.clone, 'checkout', '-q', '-b', 'feature/clash', w.root)
  w.commit('one1.txt', 'feat: clash', 'something else\n')
  w.push('ann', 'feature/clash')
  const n = (await call('ann', 'pulls.create', { ...here, title: 'Clash', head: 'feature/clash', base: 'main' })).data.number
  const d = (await call('lead', 'pulls.get', { ...here, pull_number: n })).data
  equal(d.mergeable, false, 'mergeable')
  equal(d.mergeable_state, 'dirty', 'mergeable_state')
  await refused('lead', 'pulls.merge', { ...here, pull_number: n }, 405)
})
await test('mergeable_state: unstable when what the strategy does not ask for is not good, and the merge goes', async () => {
  const n = (await call('ann', 'pulls.create', { ...here, title: 'Three', head: 'feature/three', base: 'main' })).data.number
  await call('bob', 'checks.create', { ...here, name: 'build', head_sha: head.three, conclusion: 'success' })
  await call('bob', 'repos.createCommitStatus', { ...here, sha: head.three, state: 'failure', context: 'spelling' })
  await call('bob', 'pulls.createReview', { ...here, pull_number: n, event: 'APPROVE' })
  equal((await call('lead', 'pulls.get', { ...here, pull_number: n })).data.mergeable_state, 'unstable', 'mergeable_state')
  equal((await call('lead', 'pulls.merge', { ...here, pull_number: n, dry_run: true })).data.merged, false, 'dry_run moves nothing')
  equal((await call('lead', 'pulls.merge', { ...here, pull_number: n })).data.merged, true, 'merged')
})

// ---- releases ---------------------------------------------------------------------------------------------------------------------
await test('repos.getLatestRelease 404: there is none yet', async () => refused('lead', 'repos.getLatestRelease', here, 404))
const release = await operation('repos.createRelease', {
  args: () => ({ ...here, tag_name: 'v1.0.0', target_commitish: 'main', name: 'First', body: 'What is new' }), status: 201,
  invalid: [{ tag_name: '' }, { tag_name: 'v1..0' }, { draft: 'yes' }, { tag_name: 'v0.1.0', name: 3 }, { tag_name: 'v1.1.0', target_commitish: 'none' }, {}, { tag_name: 'nightly' }],
  check: (d) => {
    equal(d.author.login, 'lead', 'author')
    s.git(w.clone, 'fetch', '-q', s.remote('lead', w.token.lead, 'demo/app'), 'tag', 'v1.0.0')
    equal(s.git(w.clone, 'cat-file', '-t', 'v1.0.0'), 'tag', 'the tag is annotated')
  }
})
await test('repos.createRelease: the tag it needs is judged, and nothing is left of a refusal', async () => {
  const data = await refused('ann', 'repos.createRelease', { ...here, tag_name: 'v1.2.0' }, 422)
  ok(data.verdict.rules.some((r) => r.state === 'failed' && r.rule.startsWith('tags.release')), JSON.stringify(data.verdict))
  equal(s.git(w.clone, 'ls-remote', s.remote('ann', w.token.ann, 'demo/app'), 'refs/tags/v1.2.0'), '', 'no tag')
  await refused('lead', 'repos.getReleaseByTag', { ...here, tag: 'v1.2.0' }, 404)
})
const draft = (await call('lead', 'repos.createRelease', { ...here, tag_name: 'v1.1.0', draft: true })).data
await operation('repos.listReleases', { args: () => here, list: true })
await operation('repos.getRelease', { args: () => ({ ...here, release_id: release.id }), missing: [nowhere, { release_id: 999 }] })
await operation('repos.getReleaseByTag', { args: () => ({ ...here, tag: 'v1.0.0' }), missing: [nowhere, { tag: 'v1.1.0' }, { tag: 'none' }] })
await operation('repos.getLatestRelease', { args: () => here, check: (d) => equal(d.id, release.id, 'the draft is not the latest') })
await operation('repos.updateRelease', {
  args: () => ({ ...here, release_id: draft.id, draft: false, name: 'Second' }), missing: [nowhere, { release_id: 999 }], invalid: [{ tag_name: 'v1.0.0' }, { prerelease: 1 }, { name: [] }],
  check: (d) => { equal(d.draft, false, 'draft'); ok(d.published_at, 'published_at'); ok(s.git(w.clone, 'ls-remote', s.remote('ann', w.token.ann, 'demo/app'), 'refs/tags/v1.1.0'), 'publishing made the tag') }
})
await operation('repos.deleteRelease', { args: () => ({ ...here, release_id: draft.id }), status: 204, missing: [nowhere, { release_id: 999 }] })

// ---- environments and deployments -------------------------------------------------------------------------------------------------
await operation('repos.getAllEnvironments', { args: () => here, list: 'environments', check: (d) => equal(d.total_count, 2, 'count') })
await operation('repos.getEnvironment', { args: () => ({ ...here, environment_name: 'production' }), missing: [nowhere, { environment_name: 'moon' }], check: (d) => equal(d.name, 'production', 'name') })
await operation('repos.createDeployment', {
  as: 'ship', args: () => ({ ...here, ref: 'main', environment: 'staging', auto_merge: false, required_contexts: [] }), status: 201,
  invalid: [{ ref: 'none' }, { ref: 1 }, { environment: 'moon' }, { environment: [] }, { task: 'launch' }],
  check: (d) => { equal(d.environment, 'staging', 'environment'); equal(d.ref, 'main', 'ref') }
})
await test('repos.createDeployment 409: a rule says no', async () => {
  const data = await refused('annship', 'repos.createDeployment', { ...here, ref: 'main', environment: 'production' }, 409)
  ok(data.verdict.rules.some((r) => r.rule.startsWith('environments.production.allow.deploy') && r.state === 'failed'), JSON.stringify(data.verdict))
})
await test('repos.createDeployment 403: the token lacks the scope', async () => refused('lead', 'repos.createDeployment', { ...here, ref: 'main', environment: 'staging' }, 403))
const shipped = (await call('ship', 'repos.createDeployment', { ...here, ref: 'v1.0.0' })).data
const D = { ...here, deployment_id: shipped.id }
await operation('repos.getDeployment', { args: () => D, missing: [nowhere, { deployment_id: 999 }], check: (d) => { equal(d.environment, 'production', 'the default'); equal(d.ref, 'v1.0.0', 'ref') } })
await operation('repos.listDeployments', { args: () => here, invalid: [{ sha: 'x' }], list: true, check: (d) => equal(d.length, 2, 'refused ones are none') })
await test('repos.listDeployments by environment', async () => equal((await call('lead', 'repos.listDeployments', { ...here, environment: 'staging' })).data.length, 1, 'rows'))
await test('a deployment ends with success', async () => {
  for (const until = Date.now() + 30000; ;) {
    const d = (await call('lead', 'repos.listDeploymentStatuses', D)).data
    if (d[0].state === 'success') return
    ok(Date.now() < until && !['failure', 'error'].includes(d[0].state), JSON.stringify(d))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})
const reported = await operation('repos.createDeploymentStatus', {
  as: 'ship', args: () => ({ ...D, state: 'failure', description: 'a tester is not content', log_url: 'https://ci.example.org/7' }), status: 201,
  missing: [nowhere, { deployment_id: 999 }], invalid: [{ state: 'fine' }, { state: 1 }, { description: {} }]
})
await operation('repos.listDeploymentStatuses', {
  args: () => D, missing: [nowhere, { deployment_id: 999 }], list: true,
  check: (d) => { equal(d[0].id, reported.id, 'newest first'); ok(d.some((x) => x.state === 'success'), 'what the server did stands') }
})
await operation('repos.getDeploymentStatus', { args: () => ({ ...D, status_id: reported.id }), missing: [nowhere, { deployment_id: 999 }, { status_id: 999999 }] })
await test('what others report changes nothing of what is deployed', async () => equal((await call('lead', 'repos.getDeployment', D)).data.state, 'success', 'state'))

// ---- common to all ------------------------------------------------------------------------------------------------------------------
await test('an ETag spares the answer', async () => {
  const r = await call('lead', 'repos.get', here)
  ok(r.headers.etag, 'no ETag')
  equal(await statusOf(o.lead.rest.repos.get({ ...here, headers: { 'if-none-match': r.headers.etag } })), 304, 'the second time')
})
await test('a body that is not JSON answers 400, one of a wrong kind 422', async () => {
  const post = (body) => fetch(`${s.url}/api/v3/repos/demo/app/pulls`, { method: 'POST', headers: { authorization: `Bearer ${w.token.ann}`, 'content-type': 'application/json' }, body })
  equal((await post('{"title":')).status, 400, 'not JSON')
  equal((await post('[]')).status, 422, 'a list')
  equal((await post('{}')).status, 422, 'nothing in it')
})
await test('who is not signed in, or may only read, changes nothing', async () => {
  s.sluice('role', 'grant', 'eve', 'read', '--repo', 'demo/app')
  equal(await statusOf(o.eve.rest.repos.get(here)), 200, 'eve reads')
  for (const [op, args] of [
    ['git.createRef', { ref: 'refs/heads/feature/eve', sha: w.root }], ['git.createTag', { tag: 'v9.0.0', message: 'm', object: w.root, type: 'commit' }],
    ['repos.createRelease', { tag_name: 'v9.0.0' }], ['repos.createRelease', { tag_name: 'v0.2.0' }], ['repos.deleteRelease', { release_id: release.id }],
    ['repos.createCommitStatus', { sha: w.root, state: 'success' }], ['pulls.merge', { pull_number: two.number }], ['pulls.update', { pull_number: two.number, title: 'Mine' }]
  ]) {
    const status = await statusOf(call('eve', op, { ...here, ...args }))
    ok([403, 405, 422].includes(status), `${op} by a reader: ${status}`)
    equal(await statusOf(call('nobody', op, { ...here, ...args })), 404, `${op} by nobody`)
  }
  equal(s.git(w.clone, 'ls-remote', s.remote('ann', w.token.ann, 'demo/app'), 'refs/heads/feature/eve', 'refs/tags/v9.0.0'), '', 'nothing was made')
  equal((await call('lead', 'repos.getRelease', { ...here, release_id: release.id })).status, 200, 'the release stands')
})
await test('a public repository is read by anybody, and changed by nobody who is not signed in', async () => {
  const open = { owner: 'demo', repo: 'web' }
  equal(await statusOf(o.nobody.rest.repos.get(open)), 200, 'read')
  for (const [op, args] of [
    ['git.createRef', { ref: 'refs/heads/feature/x', sha: w.root }], ['repos.createRelease', { tag_name: 'v9.0.0', draft: true }], ['repos.createCommitStatus', { sha: w.root, state: 'success' }],
    ['repos.createDeployment', { ref: 'main' }], ['pulls.create', { title: 't', head: 'a', base: 'main' }], ['git.createTag', { tag: 'v9.0.0', message: 'm', object: w.root, type: 'commit' }]
  ]) {
    equal(await statusOf(call('nobody', op, { ...open, ...args })), 401, op)
  }
  equal((await o.lead.rest.repos.listReleases(open)).data.length, 0, 'no release')
})
await test('an operation that is not there answers 404, a method that is not 405', async () => {
  equal(await statusOf(o.lead.request('GET /repos/demo/app/actions/runs')), 404, 'actions')
  equal(await statusOf(o.lead.request('DELETE /repos/demo/app')), 405, 'delete')
})

// Every address that an answer holds leads somewhere. A template ("{/sha}") is none, those of Git itself are git's, and the rest here is
// what GitHub does not answer to a GET either, or what docs/github-api.md says is not here.
const notHere = new Set(['clone_url', 'git_url', 'ssh_url', 'merges_url', 'subscription_url', 'events_url', 'received_events_url', 'contributors_url', 'protection_url'])
const goneNow = /\/git\/refs\/heads\/feature\/api$|\/releases\/\d+$/ // deleted since
await test('every address in the answers works', async () => {
  const addresses = new Map()
  const walk = (op, key, x) => {
    if (typeof x === 'string' && x.startsWith(s.url) && !x.includes('{') && !notHere.has(key)) addresses.set(x, `${op} ${key}`)
    else if (Array.isArray(x)) x.forEach((y) => walk(op, key, y))
    else if (x && typeof x === 'object') for (const k in x) walk(op, k === 'href' ? key : k, x[k])
  }
  for (const [, op, data] of answers) if (op !== 'meta.root') walk(op, '', data)
  ok(addresses.size > 150, `only ${addresses.size} addresses were found`)
  const bad = []
  for (const [url, from] of addresses) {
    const { status } = await fetch(url, { headers: { authorization: `Bearer ${w.token.lead}` } })
    if (status >= 300 && !(status === 404 && goneNow.test(url))) bad.push(`${status} ${from}: ${url.slice(s.url.length)}`)
  }
  equal(bad.join('\n  '), '', 'addresses that do not work')
})

// The compiler of TypeScript reads what was answered as a constant of the type that GitHub publishes for the operation.
await test(`${answers.length} answers are of GitHub's published types`, async () => {
  const lines = ["import type { RestEndpointMethodTypes as R } from '@octokit/rest'", 'type Plain<T> = T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T', 'const is = <T>(x: T): void => { void x }']
  for (const [, op, data] of answers) {
    const [ns, method] = op.split('.')
    const n = lines.length
    lines.push(`const v${n} = ${JSON.stringify(data)} as const; is<R['${ns}']['${method}']['response']['data']>(v${n} as unknown as Plain<typeof v${n}>)`)
  }
  const file = join(top, 'test', 'web', 'node_modules', '.answers.ts')
  writeFileSync(file, lines.join('\n') + '\n')
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const r = spawnSync(process.execPath, [tsc, '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', '--moduleResolution', 'nodenext', file], { encoding: 'utf8' })
  rmSync(file)
  const op = (text) => text.replace(/\.answers\.ts\((\d+),/, (all, n) => `${answers[n - 4]?.[1]} ${all}`)
  equal(r.status, 0, r.stdout.split('\n').map(op).filter((x) => x).join('\n  ').slice(0, 6000))
})
await s.stop()
finish()
