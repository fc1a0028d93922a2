import { canonicalQuantity, QuantityError } from '../../api/quantity.js'
import { KubectlError } from '../call/errors.js'
import { byKey } from '../../lang/text/order.js'

/**
 * Parses `cpu=100m,memory=1Gi` as a list of resources, sorted by name. Throws KubectlError. Source: kubectl
 * populateResourceListV1.
 */
export function resourceList(text: string): Readonly<Record<string, string>> {
  if (text === '') return {}
  const pairs = text.split(',').map((statement): [string, string] => {
    const [name = '', value, ...more] = statement.split('=')
    if (value === undefined || more.length > 0)
      throw new KubectlError(`Invalid argument syntax ${statement}, expected <resource>=<value>`)
    return [name, quantityText(value)]
  })
  return Object.fromEntries(pairs.sort(byKey))
}

function quantityText(text: string): string {
  try {
    return canonicalQuantity(text)
  } catch (error) {
    if (error instanceof QuantityError) throw new KubectlError(error.message)
    throw error
  }
}
