import { basename, dirname, relative } from 'node:path'
import { rolldown, type CodeSplittingNameFunction } from 'rolldown'
import { commonJs } from './commonjs.js'
import { deferredImports, partEntry } from './deferred-imports.js'
import { isDoors, type Parts } from './doors.js'
import { findCore, type Bundled, type Core } from './find-core.js'
import { HIDDEN_FIELDS } from './hidden-fields.js'
import { SourceExports, SourceTexts } from './source-exports.js'
import { splitFile } from './split-file.js'

/**
 * Bundles the package for Node: what a first use runs is loaded at once, everything else in parts, one for
 * each folder of the sources, when the first of its functions is called. Why and how:
 * docs/decisions/parts.md.
 */
export async function bundleParts(
  entries: Readonly<Record<string, string>>,
  dir: string,
  options: Bundled,
): Promise<void> {
  const { root, input, plugins, minify } = options
  const [main = ''] = Object.values(entries)
  const texts = new SourceTexts()
  const files = texts.reachableFrom(main)
  const core = await findCore(files, main, texts, options)
  const atOnce = files.filter((file) => core.modules.has(file))
  const split = splitFiles(root, atOnce, core, texts)
  const exports = new SourceExports(new SourceTexts(split.texts))
  const parts = folders(
    root,
    atOnce,
    [...files.filter((file) => !core.modules.has(file)), ...split.later],
    exports,
  )
  const others = Object.values(entries).flatMap((file) => [file, ...texts.reachableFrom(file)])
  const all = new Set([main, ...atOnce, ...files, ...split.later, ...others])
  const build = await rolldown({
    ...input,
    cwd: root,
    platform: 'browser',
    plugins: [
      deferredImports([...all], parts, exports),
      ...plugins,
      commonJs((chunk) => chunk.name in entries),
    ],
    preserveEntrySignatures: 'allow-extension',
    input: { ...entries, ...Object.fromEntries(parts.names.map((name) => [name, partEntry(name)])) },
  })
  await build.write({
    dir,
    format: 'esm',
    minify,
    chunkFileNames: '[name]-[hash].cjs',
    entryFileNames: ({ name }) => (name in entries ? `${name}.js` : `${name}.cjs`),
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ debugName: 'core and doors', name: groupsOf(entries) }],
    },
  })
  await build.close()
}

/** Moves what the first use does not call out of the files that it needs. */
function splitFiles(
  root: string,
  files: readonly string[],
  core: Core,
  given: SourceTexts,
): { readonly texts: ReadonlyMap<string, string>; readonly later: readonly string[] } {
  const texts = new Map<string, string>()
  const later: string[] = []
  const hidden = new Set(HIDDEN_FIELDS.map((path) => `${root}src/${path}`))
  for (const file of files) {
    const split = splitFile(given.read(file), {
      baseName: basename(file, '.ts'),
      isCalled: (start) => core.calls(file, start),
      areHidden: hidden.delete(file),
    })
    if (!split) continue
    const second = file.replace(/\.ts$/, '.later.ts')
    texts.set(file, split.now).set(second, split.later)
    later.push(second)
  }
  if (hidden.size > 0) throw new Error(`no files of the core (hidden-fields.ts): ${[...hidden].join(', ')}`)
  return { texts, later }
}

/** One part for each folder, of two levels at most: `api/core/validation/pod.ts` belongs to `api-core`. */
function folders(
  root: string,
  core: readonly string[],
  files: readonly string[],
  exports: SourceExports,
): Parts {
  const partOf = (file: string): string =>
    dirname(relative(`${root}src`, file))
      .split('/')
      .slice(0, 2)
      .join('-')
  const filesOf = new Map<string, string[]>()
  for (const file of files) {
    if (exports.deferrableOf(file).length > 0)
      filesOf.set(partOf(file), [...(filesOf.get(partOf(file)) ?? []), file])
  }
  const known = new Set(files)
  const atOnce = new Set(core)
  return {
    names: [...filesOf.keys()],
    partOf: (file) => (known.has(file) ? partOf(file) : undefined),
    groupOf: (file) =>
      known.has(file)
        ? partOf(file)
        : `${atOnce.has(file) ? 'core' : 'beyond'} ${atOnce.has(file) ? '' : partOf(file)}`.trim(),
    filesOf: (part) => filesOf.get(part) ?? [],
  }
}

/**
 * The chunks of what is not deferred, and of all doors: modules that the same entries reach lie together, so
 * that an entry loads nothing which it does not need. Modules of parts are left to the bundler.
 */
function groupsOf(entries: Readonly<Record<string, string>>): CodeSplittingNameFunction {
  const files = new Set(Object.values(entries))
  let reachedBy: Map<string, string[]> | undefined
  return (id, bundle) => {
    reachedBy ??= reach(entries, (from) => bundle.getModuleInfo(from)?.importedIds ?? [])
    const names = reachedBy.get(id)
    return names && !files.has(id) && (names[0] === 'index' || isDoors(id)) ? chunkName(names) : null
  }
}

function chunkName([first, ...others]: readonly string[]): string {
  return [first === 'index' ? 'core' : `for-${first}`, ...others]
    .map((name) => name.replace(/\/index$/, ''))
    .join('-')
}

/**
 * Module -> the entries that reach it by imports. Of those that need most of what the first one needs, only
 * the first.
 */
function reach(
  entries: Readonly<Record<string, string>>,
  importsOf: (id: string) => readonly string[],
): Map<string, string[]> {
  const found = new Map<string, string[]>()
  let main: ReadonlySet<string> | undefined
  for (const [name, file] of Object.entries(entries)) {
    const seen = new Set([file])
    for (const id of seen) for (const next of importsOf(id)) seen.add(next)
    const shared = main ? [...main].filter((id) => seen.has(id)).length : 0
    const needsMost = main !== undefined && shared > main.size / 2
    for (const id of seen) if (!needsMost || !main?.has(id)) found.set(id, [...(found.get(id) ?? []), name])
    main ??= seen
  }
  return found
}
