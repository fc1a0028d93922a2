import ts from 'typescript'
import { expect, test } from 'vitest'
import { typeErrors, writeModules } from './check-types.js'
import { repository } from './pages.js'
import type { Program } from './program.js'

/** Entries of the package, with what the examples of each use besides `cluster` and its own names. */
const ENTRIES: Readonly<Record<string, string>> = {
  simcluster: `declare const nodes: readonly Node[]
declare const pod: Pod
declare const text: string
declare const error: unknown
declare const value: unknown`,
  'simcluster/testing': `import type { AccessQuery, EscalationPath } from 'simcluster/rbac'
import type { World } from 'simcluster/netpol'
declare const text: string
declare const world: World
declare const objects: readonly AnyRbacObject[]
declare const requests: readonly AccessQuery[]
declare const paths: readonly EscalationPath[]
declare const history: readonly HistoryAction[]`,
  'simcluster/rbac': `declare const query: AccessQuery
declare const role: ClusterRole
declare const expected: ClusterRoleBinding
declare const objects: readonly KubeObject[]
declare const before: readonly KubeObject[]
declare const after: readonly KubeObject[]`,
  'simcluster/netpol': `declare const before: string
declare const after: string
declare const connection: PolicyQuery`,
  'simcluster/explore': `declare const found: CounterExample
declare const run: { readonly choices: readonly Choice[] }`,
  'simcluster/view': `import type { ConnectionVerdict } from 'simcluster/netpol'
declare const before: ClusterView
declare const verdict: ConnectionVerdict
declare const draw: (view: ClusterView) => void`,
  'simcluster/server': `import { explore } from 'simcluster/explore'
import type { ExploreClientsOptions } from 'simcluster/explore'
declare const always: NonNullable<ExploreClientsOptions['always']>`,
  'simcluster/client-node': `declare class KubeConfig {
  loadFromOptions(options: object): void
  makeApiClient(api: object): object
}
declare const CoreV1Api: object`,
  'simcluster/host': '',
  'simcluster/real': 'declare const pod: PodInput',
  'simcluster/images': '',
  'simcluster/pki': '',
  'simcluster/etcd': 'declare const file: Uint8Array',
  'simcluster/lessons': `declare const lesson: Lesson
declare const desk: Desk
declare const task: ExamTask`,
  'simcluster/assert': `import type { ExploreClientsOptions } from 'simcluster/explore'
declare const controller: ExploreClientsOptions['clients'][string]
declare const always: NonNullable<ExploreClientsOptions['always']>`,
  'simcluster/vitest': 'declare const text: string',
}

/** Where the matchers are declared. */
const MATCHERS = [
  'src/testing/matchers/clusters.ts',
  'src/testing/matchers/connections.ts',
  'src/testing/matchers/policies.ts',
  'src/explore/matchers.ts',
]

/** What every example may use. */
const COMMON = `import { expect, test } from 'vitest'
import { readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
declare const cluster: SimCluster`

interface Exported {
  readonly name: string
  /** Whether it has no value, or is exported as if it had none. */
  readonly isType: boolean
  readonly isFunction: boolean
  readonly example: string | undefined
}

/** The code without its fences and imports, which the module has already. */
const codeOf = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^(```|import )/.test(line))
    .join('\n')

const config = ts.getParsedCommandLineOfConfigFile(
  `${repository}/tsconfig.json`,
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
)
const options = config?.options ?? {}
const fileOf = (entry: string): string =>
  ts.resolveModuleName(entry, `${repository}/test/docs/x.ts`, options, ts.sys).resolvedModule
    ?.resolvedFileName ?? ''
const files = Object.keys(ENTRIES).map(fileOf)
const program = ts.createProgram([...files, fileOf('simcluster/types')], options)
const checker = program.getTypeChecker()

function exportsOf(entry: string): readonly Exported[] {
  const source = program.getSourceFile(fileOf(entry))
  const entrance = source && checker.getSymbolAtLocation(source)
  if (entrance === undefined) throw new Error(`no entry ${entry}`)
  return checker.getExportsOfModule(entrance).map((given) => {
    const isAlias = (given.flags & ts.SymbolFlags.Alias) !== 0
    const symbol = isAlias ? checker.getAliasedSymbol(given) : given
    const { valueDeclaration: declared } = symbol
    const isArrow =
      declared !== undefined &&
      ts.isVariableDeclaration(declared) &&
      declared.initializer !== undefined &&
      ts.isArrowFunction(declared.initializer)
    const tag = symbol.getJsDocTags(checker).find(({ name }) => name === 'example')
    const [declaration] = given.declarations ?? []
    const isTypeOnly =
      declaration !== undefined &&
      ts.isExportSpecifier(declaration) &&
      (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly)
    return {
      name: given.name,
      isType: isTypeOnly || (symbol.flags & ts.SymbolFlags.Value) === 0,
      isFunction: (symbol.flags & ts.SymbolFlags.Function) !== 0 || isArrow,
      example: tag === undefined ? undefined : codeOf(ts.displayPartsToString(tag.text)),
    }
  })
}

/** Entries whose names the examples of all others may use. */
const SHARED = ['simcluster', 'simcluster/types']

/** A module that runs nothing: each example in a function of its own. */
function moduleOf([entry, prelude]: readonly [string, string]): Program {
  const own = exportsOf(entry)
  const body = own
    .flatMap(({ name, example }) =>
      example === undefined ? [] : [`export async function of_${name}(): Promise<void> {`, example, '}'],
    )
    .join('\n')
  const used = new Set(`${COMMON} ${prelude} ${body}`.match(/\w+/g))
  const imports = [entry, ...SHARED].map((from) => {
    const names = exportsOf(from).filter(({ name }) => used.delete(name))
    const specifiers = names.map(({ name, isType }) => (isType ? `type ${name}` : name))
    return `import { ${specifiers.join(', ')} } from '${from}'`
  })
  const text = [...imports, COMMON, prelude, body].join('\n')
  // the lines of the module itself, below .cache
  return {
    name: `${entry}:1`,
    text,
    lines: text.split('\n').map((_, at) => at + 1),
    hasTests: false,
    typesOnly: true,
  }
}

/** The examples of the matchers, by name; undefined without one. */
const matchers = MATCHERS.flatMap((file) => {
  const source = program.getSourceFile(`${repository}/${file}`)
  const isMatchers = (node: ts.Node): node is ts.InterfaceDeclaration =>
    ts.isInterfaceDeclaration(node) && node.name.text.endsWith('Matchers')
  return (source?.statements.filter(isMatchers) ?? []).flatMap(({ members }) =>
    members.map((member) => {
      const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'example')
      return [member.name?.getText() ?? '', ts.getTextOfJSDocComment(tag?.comment)] as const
    }),
  )
})

/** A module of the matchers' examples. */
function matcherModule(): Program {
  const text = [
    "import 'simcluster/vitest'",
    "import { SimCluster } from 'simcluster'",
    "import type { ExploreOptions } from 'simcluster/explore'",
    COMMON,
    'declare const [policies, others]: readonly [string, string]',
    'declare const { actions, always }: Required<ExploreOptions>',
    ...matchers.map(([, example = '']) => example),
  ].join('\n')
  const lines = text.split('\n').map((_, at) => at + 1)
  return { name: 'matchers:1', text, lines, hasTests: false, typesOnly: true }
}

test('every matcher has an example', () => {
  expect(matchers.length).toBeGreaterThan(10)
  expect(matchers.filter(([, example]) => example === undefined).map(([name]) => name)).toEqual([])
})

test.each(Object.keys(ENTRIES))('every function of %s has an example', (entry) => {
  const without = exportsOf(entry).filter(({ isFunction, example }) => isFunction && example === undefined)
  expect(without.map(({ name }) => name)).toEqual([])
})

/** The docstrings of what an entry exports, and of its members, by name. */
function docstringsOf(entry: string): readonly (readonly [name: string, text: string])[] {
  const source = program.getSourceFile(fileOf(entry))
  const entrance = source && checker.getSymbolAtLocation(source)
  if (entrance === undefined) throw new Error(`no entry ${entry}`)
  return checker.getExportsOfModule(entrance).flatMap((given) => {
    const symbol = (given.flags & ts.SymbolFlags.Alias) === 0 ? given : checker.getAliasedSymbol(given)
    const members = [...(symbol.members?.values() ?? [])].filter(({ valueDeclaration: declared }) => {
      const isNamed = declared !== undefined && ts.isClassElement(declared) && declared.name !== undefined
      return !(isNamed && ts.isPrivateIdentifier(declared.name))
    })
    return [symbol, ...members].map((each) => {
      const name = each === symbol ? given.name : `${given.name}.${each.name}`
      return [name, ts.displayPartsToString(each.getDocumentationComment(checker))] as const
    })
  })
}

test.each(Object.keys(ENTRIES))('defaults and errors in docstrings of %s are tags', (entry) => {
  const inProse = docstringsOf(entry).filter(([, text]) => /(?:^|[.)] )(?:Default:? |Throws )/.test(text))
  expect(inProse).toEqual([])
})

test('the examples compile', () => {
  const modules = [...Object.entries(ENTRIES).map(moduleOf), matcherModule()]
  writeModules('function-examples', modules)
  expect(typeErrors('function-examples', modules)).toEqual([])
}, 120_000)
