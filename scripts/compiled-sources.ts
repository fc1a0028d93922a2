import { readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vitest/config'
import { bundleInto } from './bundle-into.js'
import { programs, scripted } from './bundling.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = `${root}src/`

/**
 * A plugin with which vitest runs `src` compiled: one chunk for all of it, and an entry for each file, which
 * Node loads by itself. vitest would transform and load each of the 1,700 files, in every worker, and reach
 * what a file imports through a getter at every use. Stack traces show lines of `src`, by the source maps.
 * In watch mode the plugin does nothing.
 */
export function compiledSources(): Plugin {
  let isWatching = false
  let compiled: ReturnType<typeof compile> | undefined
  return {
    name: 'compiled-sources',
    enforce: 'pre',
    configureVitest({ vitest }) {
      isWatching = vitest.config.watch
    },
    async resolveId(source, importer, options) {
      if (isWatching || !/^(?:\.|simcluster(?:\/|$))/.test(source)) return
      const found = await this.resolve(source, importer, { ...options, skipSelf: true })
      if (found === null || !found.id.startsWith(sources) || !found.id.endsWith('.ts')) return found
      const placeOf = await (compiled ??= compile())
      return { id: fileURLToPath(placeOf(found.id.slice(root.length, -'.ts'.length))), external: true }
    },
  }
}

/** Into a folder of this process: several runs at once do not disturb each other. */
function compile(): ReturnType<typeof bundleInto> {
  const folder = `suite/${process.pid}`
  process.once('exit', () => rmSync(`${root}.cache/${folder}`, { recursive: true, force: true }))
  return bundleInto(folder, namesOfSources(), { isOneChunk: true })
}

/** All files of `src` but the programs, which run when they are loaded. */
function namesOfSources(): readonly string[] {
  const left = new Set([...programs, ...scripted].map((name) => `${name}.ts`))
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !left.has(file))
    .map((file) => `src/${file.slice(0, -'.ts'.length)}`)
}
