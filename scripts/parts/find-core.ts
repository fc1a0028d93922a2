import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { basename, relative } from 'node:path'
import { rolldown, type InputOptions, type OutputOptions } from 'rolldown'
import { parseAst } from 'rolldown/parseAst'
import { commonJs } from './commonjs.js'
import { deferredImports, partEntry, type Parts } from './deferred-imports.js'
import { SourceExports, sourceFile, SourceTexts } from './source-exports.js'
import { topFunctions } from './split-functions.js'

/** How all bundles of the package are made. */
export interface Bundled {
  readonly root: string
  readonly input: Pick<InputOptions, 'external' | 'transform'>
  readonly plugins: readonly NonNullable<InputOptions['plugins']>[]
  readonly minify: NonNullable<OutputOptions['minify']>
}

/** What a first use (first-use.mjs) needs. */
export interface Core {
  /** Source files and modules of packages that it runs, or that those import without calling a function. */
  readonly modules: ReadonlySet<string>
  /** Whether it calls a function that is declared at the top of a source file. */
  calls(file: string, name: string): boolean
}

/** Where the bundle of the first use notes the functions that it calls. */
const CALLED = '__called'

/** Bundles the package with each source file as a part of its own, uses it, and asks it what it has loaded and called. */
export async function findCore(files: readonly string[], entry: string, { root, input, plugins, minify }: Bundled): Promise<Core> {
  const dir = `${root}.cache/first-use/`
  const parts = eachFile(root, files)
  const marked = new Map(files.map((file) => [file, withMarks(readFileSync(file, 'utf8'), file)]))
  const build = await rolldown({
    ...input, cwd: root, platform: 'browser', plugins: [deferredImports(root, parts, new SourceExports(new SourceTexts(marked))), ...plugins, commonJs(() => false)],
    input: { index: entry, ...Object.fromEntries(parts.names.map((name) => [name, partEntry(name)])) },
  })
  rmSync(dir, { recursive: true, force: true })
  const { output } = await build.write({ dir, format: 'esm', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs', minify })
  await build.close()
  const modulesOf = new Map(output.map((chunk) => [chunk.fileName, chunk.type === 'chunk' ? chunk.moduleIds : []]))
  const { loaded, called } = firstUse(dir)
  const names = new Set(called)
  return { modules: new Set(loaded.flatMap((file) => modulesOf.get(basename(file)) ?? [])), calls: (file, name) => names.has(markOf(file, name)) }
}

interface FirstUse {
  readonly loaded: readonly string[]
  readonly called: readonly string[]
}

function firstUse(dir: string): FirstUse {
  const script = `
    globalThis.${CALLED} = new Set()
    const { firstUse } = await import(${JSON.stringify(new URL('first-use.mjs', import.meta.url).href)})
    const require = process.getBuiltinModule('module').createRequire(${JSON.stringify(dir)})
    if (firstUse(require('./index.cjs')) !== 'Running') throw new Error('the first use does not work')
    console.log(JSON.stringify({ loaded: Object.keys(require.cache), called: [...${CALLED}] }))`
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8', maxBuffer: 2 ** 26 })) as FirstUse
}

function markOf(file: string, name: string): string {
  return `${file} ${name}`
}

/** The text of a file whose functions note that they are called. */
function withMarks(code: string, file: string): string {
  return topFunctions(code).toReversed().reduce((text, { name, body: { type, start, end } }) => {
    const mark = `${CALLED}.add(${JSON.stringify(markOf(file, name))})`
    if (type === 'BlockStatement') return `${text.slice(0, start + 1)}${mark};${text.slice(start + 1)}`
    return `${text.slice(0, start)}(${mark}, ${text.slice(start, end)})${text.slice(end)}`
  }, code)
}

function eachFile(root: string, files: readonly string[]): Parts {
  const nameOf = (file: string): string => relative(`${root}src`, file).replaceAll('/', '.').replace(/\.ts$/, '')
  const byName = new Map(files.map((file) => [nameOf(file), file]))
  const known = new Set(files)
  return {
    names: [...byName.keys()],
    partOf: (file) => (known.has(file) ? nameOf(file) : undefined),
    filesOf: (part) => [byName.get(part) ?? ''],
  }
}

/** The source files that one reaches by imports of values, without itself. */
export function reachableFrom(entry: string): readonly string[] {
  const found = new Set<string>()
  const waiting = [entry]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const statement of parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }).body) {
      if (statement.type !== 'ImportDeclaration' && statement.type !== 'ExportNamedDeclaration') continue
      const kind = statement.type === 'ImportDeclaration' ? statement.importKind : statement.exportKind
      if (kind === 'type' || !statement.source?.value.startsWith('.')) continue
      const next = sourceFile(file, statement.source.value)
      if (!found.has(next)) waiting.push(next)
      found.add(next)
    }
  }
  return [...found].toSorted()
}
