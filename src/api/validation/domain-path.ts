import { invalid, required, type FieldError } from '../field-error.js'
import { dnsSubdomainFaults } from './names.js'

const pathPattern = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

/**
 * Validates a domain and a path such as `acme.io/foo`. Source: apimachinery pkg/util/validation
 * IsDomainPrefixedPath.
 */
export function validateDomainPrefixedPath(text: string, path: string): readonly FieldError[] {
  if (text === '') return [required(path)]
  const slash = text.indexOf('/')
  const host = text.slice(0, Math.max(slash, 0))
  const rest = text.slice(slash + 1)
  if (host === '' || rest === '')
    return [invalid(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const errors = dnsSubdomainFaults(host).map((fault) => invalid(path, host, fault))
  const isPath = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest)
  return isPath
    ? errors
    : [...errors, invalid(path, rest, `Invalid path (regex used for validation is '${pathPattern}')`)]
}
