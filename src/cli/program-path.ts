import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Returns the path of the program `simcluster` that runs, beside which its other programs are. */
export const programPath = (): string => realpathSync(process.argv[1] ?? '')

/** Returns the version of this package, `0.0.0` if it cannot be found. */
export function packageVersion(): string {
  for (let folder = dirname(programPath()); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json')
    if (!existsSync(path)) continue
    const { name, version = '' } = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, string>>
    if (name === 'simcluster') return version
  }
  return '0.0.0'
}
