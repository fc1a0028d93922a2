import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Returns the path of the program `simcluster` that runs, beside which its other programs are. */
export const programPath = (): string => realpathSync(process.argv[1] ?? '')

/** Returns the folder of this package, in which `package.json` and the texts of the course are. */
export function packageRoot(): string {
  const here = typeof __dirname === 'string' ? __dirname : dirname(fileURLToPath(import.meta.url))
  for (let folder = here; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json')
    // dist/cjs has one, too
    if (existsSync(path) && fieldsIn(path)['name'] === 'simcluster') return folder
    if (folder === dirname(folder)) throw new Error('bug: the program is outside of its package')
  }
}

/** Returns the version of this package. */
export const packageVersion = (): string => fieldsIn(join(packageRoot(), 'package.json'))['version'] ?? ''

const fieldsIn = (path: string): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, string>>
