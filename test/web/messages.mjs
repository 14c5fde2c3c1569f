// Versions and commit messages as others read them: npm semver, conventional-commits-parser and Git itself, on random input and, where
// they lie beside the repository ($HISTORIES), on real histories. What differs on purpose is named here, each with its reason.
// Requirement: RL-1, CM-1
// Timeout: 300
import { readdirSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { spawnSync } from 'node:child_process'
import semver from 'semver'
import { CommitParser } from 'conventional-commits-parser'
import { check, end, test } from './tell.mjs'

const top = process.env.TOP ?? process.cwd()
const sluice = process.env.SLUICE ?? join(top, 'build/sluice')
const work = mkdtempSync(join(tmpdir(), 'messages-'))
const run = (program, args, input) => {
  const r = spawnSync(program, args, { input, maxBuffer: 1 << 30 })
  check(!r.error, `${program}: ${r.error?.message}`)
  return r
}
const lines = (args, input) => run(sluice, args, input).stdout.toString().split('\n').slice(0, -1)
const objects = (args, input) => lines(args, input).map((line) => JSON.parse(line))

// The same numbers in every run: what fails can be looked at again.
let seed = 20260105
const random = (n) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return Math.floor((seed / 4294967296) * n)
}
const one = (list) => list[random(list.length)]
const many = (n, make) => Array.from({ length: n }, make)

// ---- versions -----------------------------------------------------------------------------------------------------------

const number = () => one(['0', '1', '2', '9', '10', '11', '99', '100', '01', '00', '9007199254740991', '9007199254740992', '123456789012345678901234567890', ''])
const identifier = () => one(['alpha', 'beta', 'rc', '0', '1', '2', '10', '01', '0a', '-', '--', 'a-b', 'A', 'é', '', 'x_y', '99999999999999999999'])
const identifiers = () => many(1 + random(3), identifier).join('.')
const version = () => [one(['', '', '', '', 'v', ' ', '=']), number(), '.', number(), one(['.', '.', '.', '.', '']), number(), random(3) ? '' : `-${identifiers()}`, random(4) ? '' : `+${identifiers()}`, random(20) ? '' : one([' ', '.', '-', '+'])].join('')
const versions = [...new Set(many(20000, version))]
const huge = (text) => /\d{16,}/.test(text) // numbers of any length are versions for SemVer, and for us; npm ends where its numbers end
const plain = (text) => text === text.trim() && !/^[=v]/.test(text) // npm takes blanks, "=" and "v" off; they are no part of a version

test('semver: what is a version, and its parts', () => {
  let both = 0
  const got = objects(['version', 'check', '--format', 'json'], versions.join('\n') + '\n')
  check(got.length === versions.length, `${got.length} lines for ${versions.length}`)
  got.forEach((g, i) => {
    const theirs = semver.parse(versions[i])
    if (!plain(versions[i])) return check(!g.valid, `"${versions[i]}" is taken for a version`)
    if (huge(versions[i])) return
    check(g.valid === (theirs !== null), `"${versions[i]}": ${g.valid}, and npm says ${theirs}`)
    if (!g.valid) return
    both++
    check(`${theirs.major} ${theirs.minor} ${theirs.patch}` === `${g.major} ${g.minor} ${g.patch}`, `"${versions[i]}" is ${JSON.stringify(g)}`)
    check(theirs.prerelease.join('.') === g.prerelease.join('.') && theirs.build.join('.') === g.build.join('.'), `"${versions[i]}" is ${JSON.stringify(g)}`)
  })
  check(both > 500, `only ${both} are versions`)
  return `${versions.length} texts, ${both} versions`
})

const valid = versions.filter((v) => plain(v) && !huge(v) && semver.valid(v))
test('semver: which is higher', () => {
  const pairs = many(5000, () => [one(valid), one(valid)])
  const got = objects(['version', 'compare', '--format', 'json'], pairs.map((p) => p.join(' ')).join('\n'))
  check(got.length === pairs.length, `${got.length} lines`)
  got.forEach((g, i) => check(g.order === semver.compare(...pairs[i]), `${pairs[i]}: ${g.order}`))
})
test('semver: the same order, also reversed, and those that are equal stay as they came', () => {
  check(lines(['version', 'sort'], valid.join('\n')).join() === [...valid].sort(semver.compare).join(), 'another order')
  check(lines(['version', 'sort', '--reverse'], valid.join('\n')).join() === [...valid].sort(semver.rcompare).join(), 'another order')
})
// The number of a prerelease begins at 1, not at 0: rc.1 is the first candidate. And a prerelease that would be lower than the one that is
// there (rc.2 to beta) is refused; npm gives it.
const atOne = (text) => text.replace(/-rc\.0$/, '-rc.1')
for (const part of ['major', 'minor', 'patch']) {
  test(`semver: the next ${part}`, () => {
    const got = lines(['version', 'bump', part], valid.join('\n'))
    valid.forEach((v, i) => check(got[i] === semver.inc(v, part), `${v}: ${got[i]}, and npm says ${semver.inc(v, part)}`))
    const first = lines(['version', 'bump', part, '--label', 'rc'], valid.join('\n'))
    valid.forEach((v, i) => check(first[i] === atOne(semver.inc(v, `pre${part}`, 'rc')), `${v}: ${first[i]}, and npm says ${semver.inc(v, `pre${part}`, 'rc')}`))
  })
}
test('semver: the next prerelease', () => {
  let same = 0
  const got = lines(['version', 'bump', 'prerelease', '--label', 'rc', '--quiet'], valid.join('\n'))
  valid.forEach((v, i) => {
    const theirs = semver.inc(v, 'prerelease', 'rc')
    const known = semver.prerelease(v)
    // npm drops what stands behind "rc" when it is no number (rc.alpha gives rc.0), and raises a number wherever it stands (rc.1.x)
    if (known && known[0] === 'rc' && (known.length > 2 || typeof known[1] !== 'number')) return
    if (known && semver.lte(theirs, v)) return check(got[i] === '', `${v}: ${got[i]} is not higher`)
    same++
    check(got[i] === atOne(theirs), `${v}: ${got[i]}, and npm says ${theirs}`)
  })
  check(same > 300, `only ${same} were compared`)
})

// ---- conventional commits -----------------------------------------------------------------------------------------------

// Without fields: a line of hyphens would be one, and ends in a TypeError where no text follows.
const parser = new CommitParser({ fieldPattern: null, headerPattern: /^(\w*)(?:\(([^()]*)\))?!?: (.*)$/, breakingHeaderPattern: /^(\w*)(?:\(([^()]*)\))?!: (.*)$/ })
const blank = /^\s*$/

// Why we say no where the peer reads a header. Conventional Commits 1.0.0 has a blank line before the body (rule 6), a scope that is a
// noun (4), one blank behind the colon (5), and a type (1).
const stricter = (m) => {
  const [header, second = ''] = m.split('\n')
  return !blank.test(second) || /^\w*\((|\s.*|.*\s|.*[()].*)\)!?:/.test(header) || /: \s/.test(header) || blank.test(header.replace(/^[^:]*: /, '')) || /^[^\w]|^\s*$|^[(:!]/.test(header)
}
// Where the peer sees a note and we do not: in lower case, without a colon, indented, in the middle of a paragraph of prose.
const noteLines = (m) => m.split('\n').map((line, i, all) => ({ line, before: i ? all[i - 1] : '' })).filter(({ line }) => /^[\s|*]*BREAKING[ -]CHANGE[:\s]+/i.test(line + '\n'))
const ours = ({ line }) => /^BREAKING[ -]CHANGE:( |\s*$)/.test(line)

const compareAll = (messages) => {
  const got = objects(['commit', 'parse'], messages.join('\0') + '\0')
  check(got.length === messages.length, `${got.length} objects for ${messages.length} messages`)
  const seen = { same: 0, stricter: 0, notes: 0, texts: 0, elsewhere: 0, references: 0 }
  got.forEach((g, i) => {
    const m = messages[i].replace(/\r\n/g, '\n')
    const at = `${JSON.stringify(m.slice(0, 300))}: ${JSON.stringify(g).slice(0, 500)}`
    if (blank.test(m) || m.startsWith('\n') || !g.description) return
    const p = parser.parse(m)
    if (!g.conventional) {
      // "fix-it: x": the peer's types have no hyphen, so that this one way only is to be explained
      check(!p.type || stricter(m), `the peer reads ${p.type}; ${at}`)
      seen.stricter += p.type ? 1 : 0
      return
    }
    if (p.type === null || p.type === undefined || p.type === '') return check(/^[\w]*-[\w-]*[(!:]/.test(m), `the peer reads no type; ${at}`)
    check(p.type === g.type && (p.scope || null) === g.scope, `the peer reads ${p.type}, ${p.scope}; ${at}`)
    check(p.subject.trim() === g.description, `the peer reads ${p.subject}; ${at}`)
    seen.same++
    const candidates = noteLines(m).filter(ours)
    const exclaimed = /^[\w]+(\([^)]*\))?!:/.test(m)
    if (p.notes.length > 0 !== g.breaking) {
      check(!g.breaking, `the peer sees nothing that breaks; ${at}`)
      check(candidates.every(({ before }) => !blank.test(before)), `the peer sees what breaks; ${at}`)
      seen.elsewhere++
    } else if (g.breaking) {
      seen.notes++
      // the peer's note goes on over the footers behind it, and ends at a reference
      if (!exclaimed && noteLines(m).length === 1 && g.footers.length === 1 && !m.includes('#')) {
        seen.texts++
        const words = (s) => s.replace(/\s+/g, ' ').trim()
        const whole = words(p.notes[0].text)
        check(words(g.note) === (whole || g.description), `the peer's note is ${whole}; ${at}`)
      }
    }
    // Numbers behind a closing word. The peer takes the words inside of others, too ("prefix #1"), and any word for a number.
    const closed = (text) => (text.match(/(?<=^|[\s(])(?:close[sd]?|fix(?:es|ed)?|resolve[sd]?):? #\d+(?=$|[\s,;)])/gi) ?? []).map((r) => r.replace(/.*#/, ''))
    const theirs = new Set(p.references.filter((r) => r.action && !r.owner && !r.repository).map((r) => r.issue))
    const here = new Set(g.references.filter((r) => r.action && !r.repository).map((r) => r.issue))
    for (const issue of closed(m.replace(/^[^:]*: /, ''))) { // the type fix closes nothing
      check(here.has(issue), `#${issue} is closed; ${at}`)
      if (theirs.has(issue)) seen.references++
    }
  })
  return seen
}

const type = () => one(['feat', 'fix', 'docs', 'Fix', 'build-x', 'a_b', 'chore', '', 'feat ', 'f\u00fcr', 'x2'])
const scope = () => one(['', '', '', '(api)', '(a b)', '()', '( a)', '(a(b)', '(a)b', '(@x/y-z)', '(*)'])
const header = () => `${type()}${scope()}${one(['', '', '', '!', '!!'])}${one([': ', ': ', ': ', ':', ' : ', ':  '])}${one(['add x', 'Closes #12', 'a: b', '', 'r\u202etl', 'x (#7)', 'x '])}`
const line = () => one(['text', 'more text here', '', '', '', 'BREAKING CHANGE: it is gone', 'BREAKING CHANGE:', 'BREAKING-CHANGE: also', 'breaking change: no', 'BREAKING CHANGE', ' BREAKING CHANGE: indented', 'Refs #12',
  'Closes: #9', 'closes #1, #2', 'fixes acme/app#3', 'Reviewed-by: Z', 'A: 1', '  indented', '---------', '---', '# comment', '* item', 'Signed-off-by: A <a@b>', '(cherry picked from commit 1234)', 'http://x/y#1', 'Conflicts:', '\tfile',
  'a b: c', 'x\u200f', 'A:\t1', ':', 'Fixes ABC-12', '\f', '# ------------------------ >8 ------------------------'])
const message = () => [header(), ...(random(6) ? [''] : []), ...many(random(9), line)].join(random(8) ? '\n' : '\r\n')

test('conventional-commits-parser: random messages', () => {
  const seen = compareAll(many(24000, message))
  for (const [what, n] of Object.entries(seen)) check(n > 20, `only ${n} times: ${what}`)
  return JSON.stringify(seen)
})
test('what begins on the next line counts when the reading is lenient, and not by the letter of the specification', () => {
  const rows = [['feat: x\n\nBREAKING CHANGE:\ny', 'y', null], ['feat: x\n\nBREAKING CHANGE:\n\ny\n\nz', 'y\n\nz', null], ['feat: x\n\nBREAKING CHANGE: y', 'y', 'y'],
    ['feat: x\n\nbreaking change:\ny', null, null], ['feat: x\n\ntext\nBREAKING CHANGE: y', null, null], ['feat!: x\n\nBREAKING CHANGE:\ny', 'y', 'x']]
  for (const [text, lenient, spec] of rows) {
    check(objects(['commit', 'parse'], text)[0].note === lenient, `lenient: ${JSON.stringify(text)}`)
    check(objects(['commit', 'parse', '--breaking', 'spec'], text)[0].note === spec, `spec: ${JSON.stringify(text)}`)
  }
})

// ---- trailers -----------------------------------------------------------------------------------------------------------

const listed = (g) => g.footers.map((f) => `${f.token}: ${f.value}\n`).join('')
test('git interpret-trailers --parse: random messages', () => {
  const messages = many(250, message)
  let some = 0
  objects(['commit', 'parse', '--footers', 'git'], messages.join('\0') + '\0').forEach((g, i) => {
    // A blank line first: what Git takes for a trailer below it is the description for us.
    if (/^\s*\n/.test(messages[i])) return
    const theirs = run('git', ['interpret-trailers', '--parse', '--no-divider'], messages[i]).stdout.toString()
    check(listed(g) === theirs, `${JSON.stringify(messages[i])}: ${JSON.stringify(listed(g))}, and Git says ${JSON.stringify(theirs)}`)
    some += theirs ? 1 : 0
  })
  check(some > 30, `only ${some} have trailers`)
  return `${some} with trailers`
})
test('git log: trailers of thousands of random messages', () => {
  const messages = many(4000, () => message().replace(/^\s+/, '')).filter((m) => m)
  const dir = join(work, 'random.git')
  run('git', ['init', '-q', '--bare', dir])
  const stream = messages.map((m) => `commit refs/heads/main\ncommitter A <a@b> 1700000000 +0000\ndata ${Buffer.byteLength(m)}\n${m}\n`).join('')
  check(run('git', ['--git-dir', dir, 'fast-import', '--quiet'], stream).status === 0, 'no commits were made')
  return compareTrailers(dir)
})
function compareTrailers(dir) {
  const log = (format) => run('git', ['--git-dir', dir, 'log', '-z', '--all', '--topo-order', '--encoding=none', `--format=${format}`]).stdout
  const theirs = log('%(trailers:only=true,unfold=true)').toString().split('\0').slice(0, -1)
  const got = objects(['commit', 'parse', '--footers', 'git'], log('%B'))
  let some = 0
  check(got.length === theirs.length && got.length > 0, `${got.length} objects for ${theirs.length} commits`)
  got.forEach((g, i) => {
    const want = theirs[i].replace(/\n+$/, '')
    check(listed(g).replace(/\n+$/, '') === want, `${JSON.stringify(g)}: Git says ${JSON.stringify(want)}`)
    some += want ? 1 : 0
  })
  return `${got.length} messages, ${some} with trailers`
}

// ---- real messages ------------------------------------------------------------------------------------------------------

const histories = process.env.HISTORIES ?? join(top, '../shared/histories')
for (const name of existsSync(histories) ? readdirSync(histories).filter((f) => /^(conventional|gitflow)\.fi\.zst$/.test(f)) : []) {
  const dir = join(work, name)
  run('git', ['init', '-q', '--bare', dir])
  run('bash', ['-c', 'zstd -dc "$1" | git --git-dir "$2" fast-import --quiet --done', 'bash', join(histories, name), dir])
  test(`conventional-commits-parser: ${name}`, () => JSON.stringify(compareAll(run('git', ['--git-dir', dir, 'log', '-z', '--all', '--encoding=none', '--format=%B']).stdout.toString().split('\0').slice(0, -1))))
  test(`git log: trailers of ${name}`, () => compareTrailers(dir))
  test(`semver: the tags of ${name}`, () => {
    const tags = run('git', ['--git-dir', dir, 'tag']).stdout.toString().split('\n').slice(0, -1).map((tag) => tag.replace(/^.*@|^v/, '')).filter((v) => v && plain(v))
    objects(['version', 'check', '--format', 'json'], tags.join('\n') + '\n').forEach((g, i) => check(g.valid === (semver.valid(tags[i]) !== null), `"${tags[i]}": ${g.valid}`))
    const known = tags.filter((v) => semver.valid(v))
    check(known.length > 100, `only ${known.length} of ${tags.length} tags are versions`)
    check(lines(['version', 'sort'], known.join('\n')).join() === [...known].sort(semver.compare).join(), 'another order')
    return `${tags.length} tags, ${known.length} versions`
  })
}

rmSync(work, { recursive: true, force: true })
end()
