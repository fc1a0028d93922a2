/**
 * Formats virtual ms as the runtime does in logs (RFC 3339 with nanoseconds):
 * `2026-01-01T00:00:00.000000000Z`.
 */
export function formatNano(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z')
}
