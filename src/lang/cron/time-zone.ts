/** Allowed parts of a zone's name, which cannot lead out of Go's folder of zones. */
const partPattern = /^[A-Za-z0-9_][A-Za-z0-9_+.-]*$/

/**
 * Whether a time zone exists. The name is case-sensitive, because Go looks for a file. The zones are the IANA
 * ones of the JavaScript engine (Intl).
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
  // an alias resolves to another zone, so its case cannot be checked
  return resolved.toLowerCase() === name.toLowerCase() ? resolved === name : !/(^|\/)[a-z]/.test(name)
}
