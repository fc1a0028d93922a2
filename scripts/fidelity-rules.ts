/**
 * `npx tsx scripts/fidelity-rules.ts`: writes docs/fidelity-rules.md: by API group the rules of its folder in
 * src/api or src/lang, with upstream's function and ours, from the docstrings that name a source; the
 * functions of upstream that have no counterpart, with the reason; and how many recorded pairs of each kind
 * are equal.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSuite, suitesIn } from '../test/conformance/corpus/suite.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const fixtures = join(root, 'test/fixtures/corpus/')

/** A function of ours that follows one of upstream's. */
interface Rule {
  readonly file: string
  readonly name: string
  /** The first sentence of its docstring, which may be empty. */
  readonly text: string
  readonly upstream: string
}

const DOCUMENTED =
  /\/\*\*((?:(?!\*\/)[\s\S])*?\bSource: (?:(?!\*\/)[\s\S])*?)\*\/\s*(?:(?:export )?(?:const|function|class|interface|type) ([\w$]+)|(import|export))?/g

const plain = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s?/, ''))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()

/** Returns the rules of a file: its docstrings with a source. */
function rulesOf(file: string): readonly Rule[] {
  const source = readFileSync(join(root, file), 'utf8')
  return Array.from(source.matchAll(DOCUMENTED)).map(([, comment = '', name = '']) => {
    const text = plain(comment)
    const at = text.indexOf('Source: ')
    const [upstream = ''] = text.slice(at + 'Source: '.length).split(/\.(?:\s|$)|\s@/)
    return { file, name, text: text.slice(0, at).split(/\.\s/)[0]?.replace(/\.$/, '') ?? '', upstream }
  })
}

const foldersIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length))
    .sort()
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').trim()

const linkOf = ({ file, name }: Rule): string =>
  `[${name === '' ? file.split('/').slice(3).join('/') : name}](../${file})`

function ruleTable(rules: readonly Rule[]): readonly string[] {
  return [
    '| rule | upstream | here |',
    '|---|---|---|',
    ...rules.map((rule) => `| ${cell(rule.text)} | ${cell(rule.upstream)} | ${linkOf(rule)} |`),
    '',
  ]
}

/**
 * By package, upstream's functions: empty if a docstring of src names it, `file function` of src/api if the
 * rule is there, or `none: ` and why there is no counterpart.
 */
export type UpstreamFunctions = Readonly<Record<string, Readonly<Record<string, string>>>>

const NONE = 'none: '

/** Returns what test/conformance/upstream-functions.json has. */
export function upstreamFunctions(): UpstreamFunctions {
  const text = readFileSync(join(root, 'test/conformance/upstream-functions.json'), 'utf8')
  return JSON.parse(text) as UpstreamFunctions
}

function upstreamTables(rules: readonly Rule[]): readonly string[] {
  const counterpart = (name: string, where: string): string => {
    if (where.startsWith(NONE)) return cell(where.slice(NONE.length))
    const [file = '', ours = ''] = where.split(' ')
    if (where !== '') return `[${ours}](../src/api/${file})`
    const rule = rules.find(({ upstream }) => new RegExp(`\\b${name}\\b`).test(upstream))
    return rule === undefined ? 'named in a docstring' : linkOf(rule)
  }
  return Object.entries(upstreamFunctions()).flatMap(([folder, functions]) => [
    `### ${folder}`,
    '',
    '| upstream | here |',
    '|---|---|',
    ...Object.entries(functions).map(([name, where]) => `| ${name} | ${counterpart(name, where)} |`),
    '',
  ])
}

/** Returns upstream's functions without a counterpart, by reason. */
function missingTable(): readonly string[] {
  const rows = Object.entries(upstreamFunctions()).flatMap(([folder, functions]) =>
    Object.entries(functions)
      .filter(([, where]) => where.startsWith(NONE))
      .map(([name, where]) => `| ${name} | ${folder} | ${cell(where.slice(NONE.length))} |`),
  )
  return ['| function | package | why |', '|---|---|---|', ...rows, '']
}

type Differences = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

function countTable(): readonly string[] {
  const differences = JSON.parse(
    readFileSync(join(root, 'test/conformance/corpus-differences.json'), 'utf8'),
  ) as Differences
  const rows = suitesIn(fixtures).map((name) => {
    const { kind, cases = [], sequences = [] } = readSuite(fixtures, name)
    const pairs =
      cases.filter(({ expect }) => expect !== undefined).length +
      sequences.flatMap(({ steps }) => steps).filter(({ expect }) => expect !== undefined).length
    const other = Object.entries(differences[name] ?? {})
    const equal = pairs - other.flatMap(([, ids]) => ids).length
    const why = other.map(([reason, ids]) => `${ids.length}: ${reason}`).join('; ')
    return { kind, name, pairs, equal, why }
  })
  const sum = (of: 'pairs' | 'equal'): number => rows.reduce((total, row) => total + row[of], 0)
  return [
    '| suite | kind | equal | of | otherwise |',
    '|---|---|---|---|---|',
    ...rows.map(
      ({ kind, name, pairs, equal, why }) => `| ${name} | ${kind} | ${equal} | ${pairs} | ${cell(why)} |`,
    ),
    `| all | | ${sum('equal')} | ${sum('pairs')} | |`,
    '',
  ]
}

/** Returns the text of all sources of src, whose docstrings name functions of upstream. */
export function sourceText(): string {
  return filesBelow('src')
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
}

/** Returns the page. */
export function fidelityRules(): string {
  const groups = ['src/api', 'src/lang']
    .flatMap((room) => foldersIn(room).map((name) => `${room}/${name}`))
    .map((folder) => [folder, filesBelow(folder).flatMap(rulesOf)] as const)
    .filter(([, rules]) => rules.length > 0)
  return [
    '# Rules',
    '',
    'Written by `npx tsx scripts/fidelity-rules.ts`; a test fails if it is old. What was measured, and how,',
    'is in [fidelity.md](fidelity.md).',
    '',
    '## Recorded pairs by kind',
    '',
    'Each pair is a request to a kube-apiserver v1.34.9 and its response. `otherwise` are the pairs that',
    '`test/conformance/corpus-differences.json` lists.',
    '',
    ...countTable(),
    '## Functions of upstream without a counterpart',
    '',
    'Of the validation and defaulting packages, by the names in `test/conformance/upstream-functions.json`.',
    '',
    ...missingTable(),
    '## Functions of upstream with a counterpart',
    '',
    ...upstreamTables(groups.flatMap(([, rules]) => rules)),
    '## Rules by folder',
    '',
    'From the docstrings that name a source.',
    '',
    ...groups.flatMap(([name, rules]) => [`### ${name}`, '', ...ruleTable(rules)]),
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(join(root, 'docs/fidelity-rules.md'), `${fidelityRules().trimEnd()}\n`)
