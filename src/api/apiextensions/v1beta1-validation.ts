import { semanticEqual } from '../equal.js'
import { forbidden, invalid } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import type { BetaSpec } from './v1beta1-schema.js'

const PARTS = [
  ['validation', 'schema', 'schemas'],
  ['subresources', 'subresources', 'subresources'],
  ['additionalPrinterColumns', 'additionalPrinterColumns', 'additionalPrinterColumns'],
] as const

/**
 * The rules of what stands both at the top and in versions, which v1 does not know. Source: apiextensions
 * pkg/apis/apiextensions/validation/validation.go validateCustomResourceDefinitionSpec.
 */
export function validateBetaParts(spec: BetaSpec): readonly FieldError[] {
  const { version = '', versions = [] } = spec
  const [first] = versions
  const errors: FieldError[] =
    first !== undefined && version !== '' && first.name !== version
      ? [invalid('spec.version', version, 'must match the first version in spec.versions')]
      : []
  for (const [top, own, plural] of PARTS) {
    const has = versions.filter((one) => one[own] !== undefined)
    if (has.length > 0 && spec[top] !== undefined) {
      errors.push(forbidden(`spec.${top}`, `top-level and per-version ${plural} are mutually exclusive`))
    } else if (has.length > 0 && versions.every((one) => semanticEqual(one[own], first?.[own]))) {
      const text =
        `per-version ${plural} may not all be set to identical values (top-level ${top} should be used ` +
        'instead)'
      errors.push(invalid('spec.versions', versions, text))
    }
  }
  return errors
}
