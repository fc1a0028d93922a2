import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { basename, relative } from 'node:path'
import { rolldown, type InputOptions, type OutputOptions } from 'rolldown'
import { commonJs } from './commonjs.js'
import { deferredImports, partEntry } from './deferred-imports.js'
import type { Parts } from './doors.js'
import { withNotes } from './functions.js'
import { SourceExports, SourceTexts } from './source-exports.js'

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
  /** Whether it calls a function of a source file, known by where it starts in the text without types. */
  calls(file: string, start: number): boolean
}

/** Where the bundle of the first use notes the functions that it calls. */
const CALLED = '__called'

/**
 * Bundles the package with each source file as a part of its own, uses it, and asks it what it has loaded and
 * called.
 */
export async function findCore(
  files: readonly string[],
  entry: string,
  texts: SourceTexts,
  { root, input, plugins, minify }: Bundled,
): Promise<Core> {
  const dir = `${root}.cache/first-use/`
  const parts = eachFile(root, files)
  const noted = new Map(
    [entry, ...files].map((file) => [
      file,
      withNotes(texts.read(file), (start) => `${CALLED}.add(${JSON.stringify(noteOf(file, start))})`),
    ]),
  )
  const build = await rolldown({
    ...input,
    cwd: root,
    platform: 'browser',
    plugins: [
      deferredImports([...noted.keys()], parts, new SourceExports(new SourceTexts(noted))),
      ...plugins,
      commonJs(() => false),
    ],
    input: { index: entry, ...Object.fromEntries(parts.names.map((name) => [name, partEntry(name)])) },
  })
  rmSync(dir, { recursive: true, force: true })
  const { output } = await build.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    minify,
  })
  await build.close()
  const modulesOf = new Map(
    output.map((chunk) => [chunk.fileName, chunk.type === 'chunk' ? chunk.moduleIds : []]),
  )
  const { loaded, called } = firstUse(dir)
  const names = new Set(called)
  return {
    modules: new Set(loaded.flatMap((file) => modulesOf.get(basename(file)) ?? [])),
    calls: (file, start) => names.has(noteOf(file, start)),
  }
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
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    }),
  ) as FirstUse
}

function noteOf(file: string, start: number): string {
  return `${file} ${start}`
}

function eachFile(root: string, files: readonly string[]): Parts {
  const nameOf = (file: string): string =>
    relative(`${root}src`, file).replaceAll('/', '.').replace(/\.ts$/, '')
  const byName = new Map(files.map((file) => [nameOf(file), file]))
  const known = new Set(files)
  return {
    names: [...byName.keys()],
    partOf: (file) => (known.has(file) ? nameOf(file) : undefined),
    groupOf: nameOf,
    filesOf: (part) => [byName.get(part) ?? ''],
  }
}
