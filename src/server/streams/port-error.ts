/** The text that a connection's error stream carries. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
