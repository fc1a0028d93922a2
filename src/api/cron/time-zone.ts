/** Parts of a zone's name: nothing that would lead out of Go's folder of zones. */
const partPattern = /^[A-Za-z0-9_][A-Za-z0-9_+.-]*$/

/**
 * Whether there is a time zone of that name. Go looks for a file, so capitals matter; the zones are those of
 * the JavaScript engine (Intl), which are the IANA ones.
 */
export function isTimeZone(name: string): boolean {
  if (name === 'UTC' || name === 'Local') return true
  if (!name.split('/').every((part) => partPattern.test(part))) return false
  let resolved: string
  try {
    resolved = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return false
  }
  // an alias resolves to another zone, whose capitals tell nothing
  return resolved.toLowerCase() === name.toLowerCase() ? resolved === name : !/(^|\/)[a-z]/.test(name)
}
