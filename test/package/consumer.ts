import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { pack } from '../../scripts/pack.js'
import { consumer, folder } from './folder.js'

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * A folder outside the repository in which the packed tarball is installed, with scenario.mjs beside it.
     */
    readonly consumer: string
    /** The paths inside the tarball. */
    readonly packed: readonly string[]
  }
}

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** vitest's global setup: packs what `npm run build` left in dist and installs it as a user would. */
export default function setup(project: TestProject): () => void {
  mkdirSync(consumer, { recursive: true })
  const { tarball, files } = pack(folder)
  writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }')
  const words = ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball]
  execFileSync('npm', words, { cwd: consumer, encoding: 'utf8' })
  copyFileSync(join(repository, 'test/package/scenario.mjs'), join(consumer, 'scenario.mjs'))
  // whose types the declarations of the package name
  mkdirSync(join(consumer, 'node_modules/@types'))
  for (const name of ['@types/node', 'fast-check', 'undici-types'])
    symlinkSync(join(repository, 'node_modules', name), join(consumer, 'node_modules', name))
  project.provide('consumer', consumer)
  project.provide('packed', files)
  return () => rmSync(folder, { recursive: true, force: true })
}
