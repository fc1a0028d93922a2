import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that only its owner can enter. */
export interface TemporaryFolder {
  readonly path: string
  /** Removes it with its content. */
  readonly remove: () => void
}

/** Makes a folder that is removed when the process ends, at the latest. */
export function temporaryFolder(name: string): TemporaryFolder {
  // 0700, whatever the umask is
  const path = mkdtempSync(join(tmpdir(), `${name}-`))
  const remove = (): void => {
    process.off('exit', remove)
    rmSync(path, { recursive: true, force: true })
  }
  process.once('exit', remove)
  return { path, remove }
}
