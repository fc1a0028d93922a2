/**
 * `2026-01-01T00:00:00.000000000Z`: virtual ms as the runtime stamps log lines (RFC 3339 with nanoseconds).
 */
export function formatNano(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z')
}
