/** Returns the text for a connection's error stream. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
