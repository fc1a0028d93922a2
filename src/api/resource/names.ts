import { invalid, required, tooLong, type FieldError } from '../field-error.js'
import { cIdentifierFaults, dnsSubdomainFaults } from '../validation/names.js'

const maxDriverLength = 63
const maxPoolLength = 253
const maxIdLength = 32

/**
 * Validates the name of a driver, whose letters may be of any case. Source: pkg/apis/core/validation
 * ValidateCSIDriverName.
 */
export function validateDriver(name: string, path: string, errors: FieldError[]): void {
  if (name === '') errors.push(required(path))
  if (name.length > maxDriverLength) errors.push(tooLong(path, maxDriverLength))
  for (const fault of dnsSubdomainFaults(name.toLowerCase())) errors.push(invalid(path, name, fault))
}

/** Validates the name of a pool: subdomains between slashes. Source: validatePoolName. */
export function validatePoolName(name: string, path: string, errors: FieldError[]): void {
  if (name === '') {
    errors.push(required(path))
    return
  }
  if (name.length > maxPoolLength) errors.push(tooLong(path, maxPoolLength))
  for (const part of name.split('/'))
    for (const fault of dnsSubdomainFaults(part)) errors.push(invalid(path, part, fault))
}

/**
 * Validates the name of an attribute or a capacity: an identifier, with or without a domain. Source:
 * validateQualifiedName.
 */
export function validateQualifiedName(name: string, path: string, errors: FieldError[]): void {
  if (name === '') {
    errors.push(required(path, 'name required'))
    return
  }
  const [first = '', second, ...more] = name.split('/')
  if (more.length > 0) return
  if (second === undefined) {
    validateIdentifier(first, path, errors)
    return
  }
  if (first === '') errors.push(invalid(path, '', 'the domain must not be empty'))
  else validateDriver(first, path, errors)
  if (second === '') errors.push(invalid(path, '', 'the name must not be empty'))
  else validateIdentifier(second, path, errors)
}

/** Source: validateFullyQualifiedName. */
export function validateFullyQualifiedName(name: string, path: string, errors: FieldError[]): void {
  validateQualifiedName(name, path, errors)
  if (name !== '' && !name.includes('/')) errors.push(invalid(path, name, 'must include a domain'))
}

function validateIdentifier(name: string, path: string, errors: FieldError[]): void {
  if (name.length > maxIdLength) errors.push(tooLong(path, maxIdLength))
  for (const fault of cIdentifierFaults(name)) errors.push(invalid(path, name, fault))
}
