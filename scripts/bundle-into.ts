import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import type { Plugin } from 'rolldown'
import { bundling } from './bundling.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Files that look for others beside them find them where they lie. */
const inPlace: Plugin = {
  name: 'in-place',
  transform: {
    filter: { id: /\/(?:bench|examples|scripts|test)\// },
    handler: (code, id) => code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)),
  },
}

/** Dependencies stay imports. */
const isDependency = (id: string): boolean => !/^[./\0]/.test(id) && !/^simcluster(?:\/|$)/.test(id)

/** Options of {@link bundleInto}. */
export interface BundleOptions {
  /** Files for modules, such as `vitest`. Default none. */
  readonly alias?: Readonly<Record<string, string>>
  /** Default `esm`. */
  readonly format?: 'esm' | 'cjs'
  /** Whether all that the files share is one chunk, which each of them loads. Default false. */
  readonly isOneChunk?: boolean
  /** What else changes the code. Default none. */
  readonly plugins?: readonly Plugin[]
}

/**
 * Bundles files (without `.ts`, relative to the project) into a folder below `.cache`; returns where each one
 * lies.
 */
export async function bundleInto(
  folder: string,
  names: readonly string[],
  { alias = {}, format = 'esm', isOneChunk = false, plugins = [] }: BundleOptions = {},
): Promise<(name: string) => string> {
  const extension = format === 'esm' ? 'mjs' : 'js'
  const out = `${root}.cache/${folder}/`
  rmSync(out, { recursive: true, force: true })
  const build = await rolldown({
    cwd: root,
    platform: 'node',
    logLevel: 'silent',
    transform: bundling.transform,
    plugins: [inPlace, ...plugins],
    external: (id) => isDependency(id) && !Object.hasOwn(alias, id),
    input: Object.fromEntries(names.map((name) => [name, `${root}${name}.ts`])),
    resolve: {
      alias: {
        ...alias,
        'simcluster/testing': `${root}src/testing/index.ts`,
        'simcluster/host': `${root}src/host/index.ts`,
        simcluster: `${root}src/index.ts`,
      },
    },
  })
  await build.write({
    dir: out,
    format,
    entryFileNames: `[name].${extension}`,
    chunkFileNames: `chunks/[name]-[hash].${extension}`,
    ...bundling.output,
    ...(isOneChunk ? { codeSplitting: { groups: [{ name: 'all' }] } } : {}),
  })
  await build.close()
  if (format === 'cjs') writeFileSync(`${out}package.json`, '{ "type": "commonjs" }\n')
  return (name) => pathToFileURL(`${out}${name}.${extension}`).href
}
