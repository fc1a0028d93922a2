import { closeSync, fchmodSync, fstatSync, openSync, writeFileSync } from 'node:fs'

/** Read and written by their owner only. */
const OWNER_ONLY = 0o600

/**
 * Writes a file that only its owner can read, since it may hold keys or Secrets: snapshots, recordings,
 * kubeconfigs. A file that exists loses its content and the rights of others before anything is written;
 * pipes and devices keep theirs.
 * @throws Error if the file cannot be written, or belongs to somebody else
 */
export function writePrivateFile(path: string, data: string | Uint8Array): void {
  const file = openSync(path, 'w', OWNER_ONLY)
  try {
    const { mode } = fstatSync(file)
    // a mode of openSync is for files that it creates
    if (fstatSync(file).isFile() && (mode & 0o777) !== OWNER_ONLY) fchmodSync(file, OWNER_ONLY)
    writeFileSync(file, data)
  } finally {
    closeSync(file)
  }
}
