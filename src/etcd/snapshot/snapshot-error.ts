/** Thrown if a snapshot file cannot be read; the message says why. Nothing has been loaded. */
export class SnapshotError extends Error {
  override readonly name: string = 'SnapshotError'
}
