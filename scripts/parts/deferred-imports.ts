import { parseAst } from 'rolldown/parseAst'
import type { Plugin } from 'rolldown'
import { placesOfNew } from './class-uses.js'
import { nameOf, sourceFile, type SourceExport, type SourceExports } from './source-exports.js'

/** Which files are loaded later, and as part of what. */
export interface Parts {
  /** The part that a source file belongs to; `undefined` for what is loaded at once. */
  partOf(file: string): string | undefined
  /** The files of a part, in order. */
  filesOf(part: string): readonly string[]
  readonly names: readonly string[]
}

/** What the bundle calls to load a part, until the files' places are known (commonjs.ts). */
export const LOAD_PART = '__loadPart'

const DOORS = '?doors'
const PART = '\0part:'
const DOOR_MAKERS = '\0door-makers'
const LOADER = '\0load:'

/** Whether a module is the doors of a file. */
export function isDoors(id: string): boolean {
  return id.endsWith(DOORS) || id === DOOR_MAKERS || id.startsWith(LOADER)
}

/** The entry of a bundle that gives all functions of a part. */
export function partEntry(part: string): string {
  return `${PART}${part}`
}

/**
 * Makes imports of functions from files of a part into imports of their doors: functions of the same name that load the part when they are first called, and
 * pass the call on; of classes that the importing file only makes instances of, likewise. Sources do not know of it. Anything else (a constant, a base class) is
 * imported as ever, and makes that the file is loaded at once.
 */
export function deferredImports(root: string, parts: Parts, exports: SourceExports): Plugin {
  const isSource = (file: string): boolean => file.startsWith(`${root}src/`) && file.endsWith('.ts')
  return {
    name: 'deferred-imports',
    resolveId: (id) => (id.startsWith(PART) || isDoors(id) || exports.texts.isChanged(id) ? id : undefined),
    load(id) {
      if (id.startsWith(PART)) return { code: entryText(id.slice(PART.length), parts, exports), moduleType: 'js' }
      if (id.startsWith(LOADER)) return { code: `export const load$ = () => ${LOAD_PART}(${JSON.stringify(id.slice(LOADER.length))})`, moduleType: 'js' }
      if (id === DOOR_MAKERS) return { code: doorMakersText(), moduleType: 'js' }
      if (isDoors(id)) return { code: doorsText(id.slice(0, -DOORS.length), parts, exports), moduleType: 'js' }
      return exports.texts.isChanged(id) ? { code: exports.texts.read(id), moduleType: 'ts' } : undefined
    },
    transform: {
      order: 'pre',
      filter: { id: /\.ts$/ },
      handler: (code, id) => (isSource(id) ? withDoors(code, id, parts, exports) : undefined),
    },
  }
}

/** A part's functions under short names of their own: two files may have functions of one name. */
function entryText(part: string, parts: Parts, exports: SourceExports): string {
  return parts.filesOf(part).map((file, at) => {
    const names = exports.deferrableOf(file).map(({ name }, index) => `${name} as ${shortName(at, index)}`)
    return `export { ${names.join(', ')} } from ${JSON.stringify(file)}`
  }).join('\n')
}

function doorsText(file: string, parts: Parts, exports: SourceExports): string {
  const part = parts.partOf(file) ?? ''
  const at = parts.filesOf(part).indexOf(file)
  const doors = exports.deferrableOf(file).map((one, index) => {
    return `export const ${one.name} = /* @__PURE__ */ ${doorMaker(one)}(() => load$().${shortName(at, index)})`
  })
  const makers = new Set(exports.deferrableOf(file).map(doorMaker))
  return [`import { ${[...makers].join(', ')} } from ${JSON.stringify(DOOR_MAKERS)}`, `import { load$ } from ${JSON.stringify(`${LOADER}${part}`)}`, ...doors].join('\n')
}

function shortName(file: number, index: number): string {
  return `${file.toString(36)}_${index.toString(36)}`.replace(/^(?=\d)/, '$')
}

/** Most doors pass on a known number of arguments, which is faster than to pass on any number. */
const MOST_PARAMETERS = 9

function doorMaker({ kind, parameters }: SourceExport): string {
  if (kind === 'class') return 'classDoor$'
  return parameters === undefined || parameters > MOST_PARAMETERS ? 'door$' : `door${parameters}$`
}

/** Functions that make doors: what is behind them is asked for once. The door of a class gives the class. */
function doorMakersText(): string {
  const makers = Array.from({ length: MOST_PARAMETERS + 1 }, (_, count) => [`door${count}$`, Array.from({ length: count }, (__, at) => `given${at}`).join(', ')])
  const ofClass = 'export function classDoor$(load) { let real; return () => (real ??= load()) }'
  return [ofClass, ...[...makers, ['door$', '...given']].map(([name, passed]) => `export function ${name}(load) { let real; return (${passed}) => (real ??= load())(${passed}) }`)].join('\n')
}

/** The text of a source file with its imports led to where things are declared, or to their doors. */
function withDoors(code: string, file: string, parts: Parts, exports: SourceExports): string {
  const program = parseAst(code, { lang: 'ts' })
  const changes: Change[] = []
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' && statement.type !== 'ExportNamedDeclaration') continue
    if (!statement.source?.value.startsWith('.') || statement.specifiers.length === 0) continue
    const lines = namesIn(statement, file).map(({ outer, inner }) => {
      const found = exports.find(sourceFile(file, statement.source?.value ?? ''), outer)
      const isElsewhere = parts.partOf(found.file) !== undefined && parts.partOf(found.file) !== parts.partOf(file)
      const made = isElsewhere && found.kind === 'class' && statement.type === 'ImportDeclaration' ? placesOfNew(program, inner) : undefined
      if (made) changes.push(...made.map((place) => ({ ...place, by: `(${inner}())` })))
      const from = isElsewhere && (found.kind === 'function' || made) ? `${found.file}${DOORS}` : found.file
      return `${statement.type === 'ImportDeclaration' ? 'import' : 'export'} { ${found.name} as ${inner} } from ${JSON.stringify(from)}`
    })
    changes.push({ start: statement.start, end: statement.end, by: lines.join('; ') })
  }
  return changes.toSorted((one, other) => other.start - one.start).reduce((text, { start, end, by }) => `${text.slice(0, start)}${by}${text.slice(end)}`, code)
}

interface Change {
  readonly start: number
  readonly end: number
  readonly by: string
}

type Statement = ReturnType<typeof parseAst>['body'][number]

/** The values that a statement imports or passes on: their names in the other file and in this one. */
function namesIn(statement: Extract<Statement, { type: 'ImportDeclaration' | 'ExportNamedDeclaration' }>, file: string): readonly { readonly outer: string, readonly inner: string }[] {
  if ((statement.type === 'ImportDeclaration' ? statement.importKind : statement.exportKind) === 'type') return []
  return statement.specifiers.flatMap((specifier) => {
    if (specifier.type === 'ImportSpecifier') return specifier.importKind === 'type' ? [] : [{ outer: nameOf(specifier.imported), inner: nameOf(specifier.local) }]
    if (specifier.type !== 'ExportSpecifier') throw new Error(`${file}: the build of parts knows only named imports`)
    return specifier.exportKind === 'type' ? [] : [{ outer: nameOf(specifier.local), inner: nameOf(specifier.exported) }]
  })
}
