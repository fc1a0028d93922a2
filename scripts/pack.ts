import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The package as npm publishes it. */
export interface Packed {
  readonly tarball: string
  /** The paths inside. */
  readonly files: readonly string[]
}

/**
 * Packs what `npm run build` left in dist into a folder. With the environment variable `PACKED`, the path of
 * what `npm pack --json` has printed beside its tarball, nothing is packed again.
 */
export function pack(folder: string): Packed {
  const { PACKED: given } = process.env
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const report =
    given === undefined
      ? execFileSync('npm', words, { cwd: root, encoding: 'utf8' })
      : readFileSync(given, 'utf8')
  const [packed] = JSON.parse(report) as { filename: string; files: { path: string }[] }[]
  if (packed === undefined) throw new Error('npm pack made nothing')
  return {
    tarball: join(given === undefined ? folder : dirname(given), packed.filename),
    files: packed.files.map(({ path }) => path),
  }
}
