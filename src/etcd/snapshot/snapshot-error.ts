/** A snapshot file that cannot be read; the message says what is wrong with it. Nothing has been loaded. */
export class SnapshotError extends Error {
  override readonly name: string = 'SnapshotError'
}
