import { dirname, relative } from 'node:path/posix'
import { parseAst } from 'rolldown/parseAst'
import type { OutputChunk, Plugin } from 'rolldown'
import { LOAD_PART } from './doors.js'
import { nameOf } from './source-exports.js'

/**
 * The file through which an entry, which stays an ES module, gets at its CommonJS chunks: `testing/index.js`
 * has `testing.chunks.cjs`.
 */
function chunksOf(entry: string): string {
  return `${entry.replace(/(?:\/index)?\.js$/, '')}.chunks.cjs`
}

type Program = ReturnType<typeof parseAst>
type Import = Extract<Program['body'][number], { type: 'ImportDeclaration' }>
type Export = Extract<Program['body'][number], { type: 'ExportNamedDeclaration' }>

/**
 * Turns the chunks of a bundle of ES modules into CommonJS, whose `require` loads a part synchronously, in
 * every Node and for every bundler. The files that `isEntry` names stay ES modules. No chunk imports one that
 * imports it (bundles see to it), so that what is imported is complete and can be held in constants.
 */
export function commonJs(isEntry: (chunk: OutputChunk) => boolean): Plugin {
  return {
    name: 'common-js',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk')
      const files = new Map(
        chunks.filter((chunk) => !isEntry(chunk)).map((chunk) => [chunk.fileName, namesGiven(chunk)]),
      )
      for (const chunk of chunks) {
        chunk.code = withoutMarks(chunk.code)
        if (files.has(chunk.fileName)) {
          chunk.code = asCommonJs(chunk, files)
          continue
        }
        const wanted = new Set<string>()
        chunk.code = asEntry(chunk, files, wanted)
        if (wanted.size > 0)
          this.emitFile({
            type: 'prebuilt-chunk',
            fileName: chunksOf(chunk.fileName),
            code: chunksText([...wanted].toSorted()),
          })
      }
    },
  }
}

/**
 * `import { core } from './x.cjs'` has Node scan the whole of x.cjs for names of exports, which takes longer
 * than to run it: it scans this one instead.
 */
function chunksText(files: readonly string[]): string {
  return files
    .map((file) => `exports.${doorOf(file)} = () => require(${JSON.stringify(`./${file}`)})\n`)
    .join('')
}

function doorOf(file: string): string {
  return file.replace(/\.cjs$/, '').replace(/\W/g, '_')
}

/** Marks for tree-shaking have done their work. */
function withoutMarks(code: string): string {
  return code.replaceAll(
    /([\w$])?\/\* ?[@#]__PURE__ ?\*\/ ?([\w$])?/g,
    (_, before = '', after = '') => `${before}${before && after ? ' ' : ''}${after}`,
  )
}

/**
 * Chunk -> what its exports are called: by their name in the bundle. What nobody but other chunks asks for is
 * a list without names, which is a third of the text.
 */
type Files = ReadonlyMap<string, ReadonlyMap<string, string>>

function namesGiven(chunk: OutputChunk): ReadonlyMap<string, string> {
  const all = parseAst(chunk.code).body.flatMap((statement) =>
    statement.type === 'ExportNamedDeclaration' ? statement.specifiers : [],
  )
  const sorted = all
    .map(({ local, exported }) => ({ local: nameOf(local), exported: nameOf(exported) }))
    .toSorted((a, b) => (a.local < b.local ? -1 : 1))
  return new Map(sorted.map(({ exported }, at) => [exported, chunk.isEntry ? exported : String(at)]))
}

function asCommonJs(chunk: OutputChunk, files: Files): string {
  let { code } = chunk
  const given = new Map<string, string>()
  for (const statement of parseAst(code).body.toReversed()) {
    if (statement.type === 'ImportDeclaration') {
      const from = target(chunk, statement.source.value)
      if (from !== undefined && !files.has(from))
        throw new Error(`${chunk.fileName} imports the entry ${from}`)
      code = replaced(
        code,
        statement,
        constants(statement, `require(${JSON.stringify(statement.source.value)})`, files.get(from ?? '')),
      )
    } else if (statement.type === 'ExportNamedDeclaration') {
      const { source } = statement
      if (statement.declaration) throw new Error(`${chunk.fileName} exports in a way that is not known here`)
      const names = source ? files.get(target(chunk, source.value) ?? '') : undefined
      const valueOf = (name: string): string =>
        source
          ? `require(${JSON.stringify(source.value)})[${JSON.stringify(names?.get(name) ?? name)}]`
          : name
      for (const { local, exported } of statement.specifiers)
        given.set(nameOf(exported), valueOf(nameOf(local)))
      code = replaced(code, statement, '')
    }
  }
  const names = [...(files.get(chunk.fileName) ?? [])]
  const list = chunk.isEntry
    ? `{${names.map(([name]) => `${name}:${given.get(name)}`).join(',')}}`
    : `[${names.map(([name]) => given.get(name)).join(',')}]`
  return `"use strict";${withParts(code)}\nmodule.exports=${list};\n`
}

/**
 * An entry with its imports of chunks through a file of its own: bundlers follow only what the entry needs.
 */
function asEntry(chunk: OutputChunk, files: Files, wanted: Set<string>): string {
  let { code } = chunk
  for (const statement of parseAst(code).body.toReversed()) {
    if (
      (statement.type !== 'ImportDeclaration' && statement.type !== 'ExportNamedDeclaration') ||
      !statement.source
    )
      continue
    const from = target(chunk, statement.source.value)
    if (from === undefined || !files.has(from)) continue
    wanted.add(from)
    const door = doorOf(from)
    const path = relative(dirname(chunk.fileName), chunksOf(chunk.fileName))
    const opened = `import{${door}}from${JSON.stringify(path.startsWith('.') ? path : `./${path}`)};`
    const given =
      statement.type === 'ImportDeclaration'
        ? constants(statement, `${door}()`, files.get(from))
        : passedOn(statement, door, files.get(from))
    code = replaced(code, statement, `${opened}${given}`)
  }
  if (code.includes(LOAD_PART))
    throw new Error(
      `the entry ${chunk.fileName} loads a part: what it imports belongs into a file of its own`,
    )
  return code
}

/** `export { a as b } from` a chunk. */
function passedOn(
  { specifiers }: Export,
  door: string,
  given: ReadonlyMap<string, string> | undefined,
): string {
  const names = specifiers.map(({ local, exported }, at) => ({
    taken: `${given?.get(nameOf(local)) ?? nameOf(local)}:${door}$${at}`,
    given: `${door}$${at} as ${nameOf(exported)}`,
  }))
  return (
    `const{${names.map(({ taken }) => taken).join(',')}}=${door}();` +
    `export{${names.map(({ given }) => given).join(',')}};`
  )
}

/** Path in the bundle of what a chunk imports; `undefined` for packages. */
function target(chunk: OutputChunk, specifier: string): string | undefined {
  return specifier.startsWith('.')
    ? new URL(specifier, `file:///${chunk.fileName}`).pathname.slice(1)
    : undefined
}

function constants(
  { specifiers, source }: Import,
  value: string,
  given: ReadonlyMap<string, string> | undefined,
): string {
  const nameThere = (name: string): string => given?.get(name) ?? name
  const names = specifiers.flatMap((specifier) =>
    specifier.type === 'ImportSpecifier'
      ? [`${nameThere(nameOf(specifier.imported))}:${specifier.local.name}`]
      : [],
  )
  const wholes = specifiers.flatMap((specifier) =>
    specifier.type === 'ImportSpecifier' ? [] : [specifier.local.name],
  )
  if (wholes.length > 0 && source.value.startsWith('.'))
    throw new Error(`${source.value} is imported as a whole`)
  const parts = [
    ...wholes.map((name) => `${name}=${value}`),
    ...(names.length > 0 ? [`{${names.join(',')}}=${value}`] : []),
  ]
  return parts.length > 0 ? `const ${parts.join(',')};` : `${value};`
}

function withParts(code: string): string {
  return code.replaceAll(
    new RegExp(`${LOAD_PART}\\([\`'"]([^\`'"]+)[\`'"]\\)`, 'g'),
    (_, part: string) => `require("./${part}.cjs")`,
  )
}

function replaced(
  code: string,
  { start, end }: { readonly start: number; readonly end: number },
  by: string,
): string {
  return `${code.slice(0, start)}${by}${code.slice(end)}`
}
