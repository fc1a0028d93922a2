import { invalid, required } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import { dns1035LabelFaults } from '../names.js'
import type { CustomResourceDefinitionNames } from './generated.js'

/** Source: ValidateCustomResourceDefinitionNames. */
export function validateNames(names: CustomResourceDefinitionNames, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  const { plural, singular = '', kind, listKind = '', shortNames = [], categories = [] } = names
  const label = (field: string, value: string, head = ''): void => {
    const faults = dns1035LabelFaults(head === '' ? value : value.toLowerCase())
    if (value !== '' && faults.length > 0)
      errors.push(invalid(`${path}.${field}`, value, `${head}${faults.join(',')}`))
  }
  const mixed = 'may have mixed case, but should otherwise match: '
  label('plural', plural)
  label('singular', singular)
  label('kind', kind, mixed)
  label('listKind', listKind, mixed)
  shortNames.forEach((name, at) => listed(name, `${path}.shortNames[${at}]`, errors))
  if (kind !== '' && kind === listKind) {
    errors.push(invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same'))
  }
  categories.forEach((name, at) => listed(name, `${path}.categories[${at}]`, errors))
  return errors
}

function listed(name: string, path: string, errors: FieldError[]): void {
  const faults = dns1035LabelFaults(name)
  if (faults.length > 0) errors.push(invalid(path, name, faults.join(',')))
}

/** The names that a spec must have. */
export function validateRequiredNames(
  names: CustomResourceDefinitionNames,
  path: string,
): readonly FieldError[] {
  return (['plural', 'singular', 'kind', 'listKind'] as const)
    .filter((name) => (names[name] ?? '') === '')
    .map((name) => required(`${path}.${name}`))
}
