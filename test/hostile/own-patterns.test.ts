import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../src', import.meta.url))

/** Folders that read what their own user has written, or texts of this package. */
const OWN = /^(?:cli|course|explore|real|testing|client-node)\//
/** Patterns that see short texts only, with what bounds them. */
const SHORT: Readonly<Record<string, string>> = {
  'lang/cel/library/format-string.ts': 'the digits of a double',
  'network/data-path.ts': 'an ISO time',
  'api/protobuf/tables.ts': 'tables of this package',
  'controllers/shared/pod-template-hash.ts': 'a quantity that was parsed',
  'cluster/compose/option-schema.ts': 'options of the cluster',
  'netpol/endpoint.ts': 'arguments of the caller',
  'netpol/parse-connection.ts': 'arguments of the caller',
  'kubectl/help/command-texts.ts': 'texts of this package',
}

/** Times that a pump is repeated: what is quadratic takes long enough to compare it. */
const TIMES = 12_000
const MUCH_MS = 40
/** Factor of the time of a text that is twice as long: 2 if it is linear, 4 if it is quadratic. */
const QUADRATIC = 3

/** All literal patterns of the package, and where each is. */
function patternsOfPackage(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (!name.endsWith('.ts') || OWN.test(name) || SHORT[name] !== undefined) continue
    const text = readFileSync(join(root, name), 'utf8')
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node) && !found.has(node.text)) found.set(node.text, name)
      ts.forEachChild(node, visit)
    }
    visit(ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true))
  }
  return found
}

const CLASSES: Readonly<Record<string, string>> = { s: '\t', S: 'a', d: '0', D: 'a', w: 'a', W: '-', n: '\n' }
const ATOM =
  /\\(?:[pP]\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|[^])|\[(?:\\[^]|[^\]\\])*\]|\(\?(?:<?[=!:]|<\w+>)|[^]/g

/** A character that each atom of a pattern takes, in order. Its operators are left out. */
function samplesOf(source: string): readonly string[] {
  return [...source.matchAll(ATOM)].flatMap(([atom]) => {
    if (/^[()|*+?^${}]$/.test(atom) || atom.startsWith('(?') || atom === '\\b' || atom === '\\B') return []
    if (atom === '.') return ['a']
    if (atom.startsWith('[')) {
      const one = new RegExp(atom, /\\[pPu]/.test(atom) ? 'u' : '')
      return ['a', '0', '\t', '-', '/', ':', '.', '=', 'A', '"', '\\']
        .filter((char) => one.test(char))
        .slice(0, 3)
    }
    return atom.startsWith('\\') ? [CLASSES[atom.charAt(1)] ?? atom.slice(1)] : [atom]
  })
}

const MARKS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\n\0'

type Attack = (times: number) => string

/** Texts that repeat what a pattern repeats, after what it begins with, and then do not match. */
function* attacksOn(source: string): Generator<Attack> {
  const samples = samplesOf(source)
  const seen = new Set<string>()
  for (let at = 0; at < samples.length; at++)
    for (let size = 1; size <= 3 && at + size <= samples.length; size++) {
      const pump = samples.slice(at, at + size).join('')
      for (const prefix of ['', samples.slice(0, at).join('')])
        for (const suffix of ['\n\0', `\0${pump}`, MARKS])
          if (!seen.has(`${prefix} ${pump} ${suffix}`)) {
            seen.add(`${prefix} ${pump} ${suffix}`)
            yield (times) => prefix + pump.repeat(times) + suffix
          }
    }
  const whole = samples.join('')
  for (const size of [whole.length, Math.ceil(whole.length / 2)])
    yield (times) => whole.slice(0, size).repeat(times / 10)
}

/** Ms of CPU of the search, the least of five; the first that is less than `enough`. */
function timeOf(pattern: RegExp, text: string, enough = 0): number {
  let best = Infinity
  for (let run = 0; run < 5 && best >= enough; run++) {
    const before = process.cpuUsage().user
    pattern.lastIndex = 0
    pattern.test(text)
    best = Math.min(best, (process.cpuUsage().user - before) / 1_000)
  }
  return best
}

test('no literal pattern that sees texts of clients backtracks for long', { timeout: 300_000 }, () => {
  const patterns = patternsOfPackage()
  expect(patterns.size).toBeGreaterThan(500)
  const slow: string[] = []
  for (const [literal, file] of patterns) {
    const end = literal.lastIndexOf('/')
    const source = literal.slice(1, end)
    const pattern = new RegExp(source, literal.slice(end + 1))
    for (const attack of attacksOn(source)) {
      // a busy machine makes everything slow, but nothing quadratic
      const ms = timeOf(pattern, attack(TIMES), MUCH_MS)
      if (ms < MUCH_MS || timeOf(pattern, attack(2 * TIMES)) < QUADRATIC * ms) continue
      slow.push(`${file}: ${literal}: ${ms.toFixed(0)} ms for ${JSON.stringify(attack(2).slice(0, 40))}`)
      break
    }
  }
  expect(slow).toEqual([])
})
