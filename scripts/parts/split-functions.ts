import { parseAst } from 'rolldown/parseAst'
import { nameOf } from './source-exports.js'

type Statement = ReturnType<typeof parseAst>['body'][number]

const NAMES = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu

/** A function at the top of a file. */
export interface TopFunction {
  readonly name: string
  readonly isExported: boolean
  /** The whole statement. */
  readonly start: number
  readonly end: number
  /** Where the declaration begins, after `export`. */
  readonly from: number
  readonly body: { readonly type: string, readonly start: number, readonly end: number }
}

/** The functions at the top of a file, without those that have several signatures. */
export function topFunctions(code: string): readonly TopFunction[] {
  const { body } = parseAst(code, { lang: 'ts' })
  const found = body.flatMap((statement) => functionIn(statement) ?? [])
  const signatures = new Set(body.flatMap((statement) => signatureIn(statement) ?? []))
  return found.filter(({ name }) => !signatures.has(name))
}

function functionIn(statement: Statement): TopFunction | undefined {
  const isExported = statement.type === 'ExportNamedDeclaration'
  const declaration = isExported ? statement.declaration : statement
  const place = { isExported, start: statement.start, end: statement.end, from: declaration?.start ?? statement.start }
  if (declaration?.type === 'FunctionDeclaration' && declaration.id && declaration.body) return { name: declaration.id.name, ...place, body: declaration.body }
  if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const' || declaration.declarations.length !== 1) return undefined
  const [{ id, init } = { id: undefined, init: undefined }] = declaration.declarations
  if (id?.type !== 'Identifier' || init?.type !== 'ArrowFunctionExpression') return undefined
  return { name: id.name, ...place, body: init.body }
}

function signatureIn(statement: Statement): string | undefined {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
  return declaration?.type === 'TSDeclareFunction' ? declaration.id?.name : undefined
}

/** What comes of a file whose functions are partly needed later: two files that import each other's names. */
export interface Split {
  readonly now: string
  readonly later: string
}

/**
 * Moves functions of a file into a second one beside it (`pod.ts`, `pod.later.ts`), so that they can be loaded later. Functions that use a variable of the file
 * which can change stay: only its own file can write it. `undefined` when none can be moved.
 */
export function splitFile(code: string, baseName: string, isLater: (one: TopFunction) => boolean): Split | undefined {
  const { body } = parseAst(code, { lang: 'ts' })
  const { constant, changing } = bindings(body)
  const uses = (one: TopFunction): ReadonlySet<string> => new Set(code.slice(one.from, one.end).match(NAMES))
  const moved = topFunctions(code).filter((one) => isLater(one) && ![...uses(one)].some((name) => changing.has(name)))
  if (moved.length === 0) return undefined
  const names = new Set(moved.map(({ name }) => name))
  const used = new Set(moved.flatMap((one) => [...uses(one)]))
  const staying = [...constant].filter((name) => used.has(name) && !names.has(name))
  const alreadyGiven = new Set(body.flatMap((statement) => (statement.type === 'ExportNamedDeclaration' ? declaredNames(statement.declaration) : [])))
  const given = staying.filter((name) => !alreadyGiven.has(name))
  const passedOn = moved.filter(({ isExported }) => isExported).map(({ name }) => name)
  const now = [
    `import { ${[...names].join(', ')} } from './${baseName}.later.js'`,
    ...(passedOn.length > 0 ? [`export { ${passedOn.join(', ')} } from './${baseName}.later.js'`] : []),
    withoutUnusedImports(without(code, moved)),
    ...(given.length > 0 ? [`export { ${given.join(', ')} }`] : []),
  ]
  const later = [
    ...importsOf(body, used),
    ...(staying.length > 0 ? [`import { ${staying.join(', ')} } from './${baseName}.js'`] : []),
    ...moved.map(({ from, end }) => `export ${code.slice(from, end)}`),
  ]
  return { now: now.join('\n'), later: later.join('\n') }
}

/** The names that a file declares at its top. */
function bindings(body: readonly Statement[]): { readonly constant: ReadonlySet<string>, readonly changing: ReadonlySet<string> } {
  const constant = new Set<string>()
  const changing = new Set<string>()
  for (const statement of body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    const to = declaration?.type === 'VariableDeclaration' && declaration.kind !== 'const' ? changing : constant
    for (const name of declaredNames(declaration)) to.add(name)
  }
  return { constant, changing }
}

function declaredNames(declaration: Statement | null): readonly string[] {
  if (declaration?.type === 'FunctionDeclaration' || declaration?.type === 'ClassDeclaration') return declaration.id ? [declaration.id.name] : []
  if (declaration?.type !== 'VariableDeclaration') return []
  return declaration.declarations.flatMap(({ id }) => patternNames(id))
}

function patternNames(pattern: object): readonly string[] {
  if ('type' in pattern && pattern.type === 'Identifier' && 'name' in pattern) return [String(pattern.name)]
  return Object.entries(pattern).flatMap(([key, value]: [string, unknown]) => (key !== 'key' && typeof value === 'object' && value !== null ? patternNames(value) : []))
}

/** The file's imports of values that the moved functions use. */
function importsOf(body: readonly Statement[], used: ReadonlySet<string>): readonly string[] {
  return body.flatMap((statement) => {
    if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type') return []
    const wanted = statement.specifiers.filter(({ local }) => used.has(local.name)).flatMap((specifier) => {
      if (specifier.type === 'ImportSpecifier') return specifier.importKind === 'type' ? [] : [`{ ${nameOf(specifier.imported)} as ${specifier.local.name} }`]
      return [specifier.type === 'ImportNamespaceSpecifier' ? `* as ${specifier.local.name}` : specifier.local.name]
    })
    return wanted.map((names) => `import ${names} from ${JSON.stringify(statement.source.value)}`)
  })
}

/** Without the imports of what only the moved functions use: they would make its file core. */
function withoutUnusedImports(code: string): string {
  const imports = parseAst(code, { lang: 'ts' }).body.filter((statement) => statement.type === 'ImportDeclaration')
  const used = new Set(without(code, imports).match(NAMES))
  return without(code, imports.filter(({ specifiers }) => specifiers.length > 0 && specifiers.every(({ local }) => !used.has(local.name))))
}

function without(code: string, parts: readonly { readonly start: number, readonly end: number }[]): string {
  return parts.toReversed().reduce((text, { start, end }) => `${text.slice(0, start)}${text.slice(end)}`, code)
}
