import { parseAst } from 'rolldown/parseAst'
import type { Plugin } from 'rolldown'
import { placesOfNew } from './class-uses.js'
import { Doors, isDoors, type Parts } from './doors.js'
import { HELPERS_TEXT } from './helpers.js'
import { nameOf, sourceFile, type SourceExport, type SourceExports } from './source-exports.js'
import { HELPERS } from './split-file.js'
import { changed, type Change } from './syntax.js'

const PART = '\0part:'

/** The entry of a bundle that gives what others use of a part. */
export function partEntry(part: string): string {
  return `${PART}${part}`
}

/**
 * Makes imports of functions from files of a part into imports of their doors: functions of the same name
 * that load the part when they are first called, and pass the call on; of classes that the importing file
 * only makes instances of, likewise. Sources do not know of it. Anything else (a constant, a base class) is
 * imported as ever, and makes that the file is loaded at once. `files` are all that the bundle can have of
 * the repository.
 */
export function deferredImports(files: readonly string[], parts: Parts, exports: SourceExports): Plugin {
  const doors = new Doors(exports)
  const texts = new Map<string, () => string>()
  for (const file of files) texts.set(file, withDoors(exports.texts.read(file), file, parts, exports, doors))
  return {
    name: 'deferred-imports',
    resolveId: (id) =>
      id.startsWith(PART) || isDoors(id) || id === HELPERS || texts.has(id) ? id : undefined,
    load(id) {
      if (id.startsWith(PART))
        return {
          code: doors.entryText(id.slice(PART.length), parts.filesOf(id.slice(PART.length))),
          moduleType: 'js',
        }
      if (isDoors(id)) return { code: doors.text(id), moduleType: 'js' }
      if (id === HELPERS) return { code: HELPERS_TEXT, moduleType: 'js' }
      const text = texts.get(id)
      return text ? { code: text(), moduleType: 'js' } : undefined
    },
  }
}

/**
 * Notes the doors that a file needs; gives its text with its imports led to where things are declared, or to
 * their doors.
 */
function withDoors(
  code: string,
  file: string,
  parts: Parts,
  exports: SourceExports,
  doors: Doors,
): () => string {
  const program = parseAst(code)
  const group = parts.groupOf(file)
  const changes: (() => Change)[] = []
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' && statement.type !== 'ExportNamedDeclaration') continue
    if (!statement.source?.value.startsWith('.') || statement.specifiers.length === 0) continue
    const word = statement.type === 'ImportDeclaration' ? 'import' : 'export'
    const lines = namesIn(statement, file).map(({ outer, inner }) => {
      const found = exports.find(sourceFile(file, statement.source?.value ?? ''), outer)
      const part = parts.partOf(found.file)
      const isElsewhere = part !== undefined && part !== parts.partOf(file)
      const made =
        isElsewhere && found.kind === 'class' && word === 'import' ? placesOfNew(program, inner) : undefined
      changes.push(...(made ?? []).map((place) => () => ({ ...place, by: `(${inner}())` })))
      if (!isElsewhere || (found.kind !== 'function' && !made))
        return () => `${word} { ${found.name} as ${inner} } from ${JSON.stringify(found.file)}`
      return doorLine(doors, group, part, found, `${word} `, inner)
    })
    changes.push(() => ({
      start: statement.start,
      end: statement.end,
      by: lines.map((line) => line()).join('; '),
    }))
  }
  return () =>
    changed(
      code,
      changes.map((change) => change()),
    )
}

function doorLine(
  doors: Doors,
  group: string,
  part: string,
  found: SourceExport,
  word: string,
  inner: string,
): () => string {
  doors.note(group, part, found)
  return () => {
    const { module, name } = doors.find(group, part, found)
    return `${word}{ ${name} as ${inner} } from ${JSON.stringify(module)}`
  }
}

type Statement = ReturnType<typeof parseAst>['body'][number]

/** The values that a statement imports or passes on: their names in the other file and in this one. */
function namesIn(
  statement: Extract<Statement, { type: 'ImportDeclaration' | 'ExportNamedDeclaration' }>,
  file: string,
): readonly { readonly outer: string; readonly inner: string }[] {
  return statement.specifiers.map((specifier) => {
    if (specifier.type === 'ImportSpecifier')
      return { outer: nameOf(specifier.imported), inner: nameOf(specifier.local) }
    if (specifier.type !== 'ExportSpecifier')
      throw new Error(`${file}: the build of parts knows only named imports`)
    return { outer: nameOf(specifier.local), inner: nameOf(specifier.exported) }
  })
}
