import { forbidden, type FieldError } from '../../field-error.js'

/** What one expression may cost by estimate. Source: apiextensions validation.go StaticEstimatedCostLimit. */
export const EXPRESSION_COST_LIMIT = 10_000_000n
/** What all rules of a schema may cost by estimate. Source: StaticEstimatedCRDCostLimit. */
const SCHEMA_COST_LIMIT = 100_000_000n

const MOST = 2n ** 64n - 1n

/** The cost of an expression that runs at several places. */
export function timesPlaces(cost: bigint, places: bigint): bigint {
  const product = cost * places
  return product > MOST ? MOST : product
}

/** Says by how much a cost exceeds its limit. Source: validation.go getCostErrorMessage. */
export function costFault(name: string, cost: bigint, limit: bigint): string {
  const factor = Number(cost) / Number(limit)
  const text =
    factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`
  return (
    `${name} exceeds budget by factor of ${text} (try simplifying the rule, or adding maxItems, ` +
    'maxProperties, and maxLength where arrays, maps, and strings are declared)'
  )
}

/** Rules that are told as the most expensive ones. */
const MOST_TOLD = 4

/** What the rules of a whole schema cost. Source: cel_validation.go TotalCost. */
export class CostTotal {
  #total = 0n
  #expensive: readonly { readonly field: string; readonly cost: bigint }[] = []

  /** Adds the cost of an expression. */
  add(field: string, cost: bigint): void {
    this.#total = this.#total + cost > MOST ? MOST : this.#total + cost
    if (cost < SCHEMA_COST_LIMIT / 100n) return
    this.#expensive = [...this.#expensive, { field, cost }]
      .sort((a, b) => (a.cost > b.cost ? -1 : a.cost < b.cost ? 1 : 0))
      .slice(0, MOST_TOLD)
  }

  /** Returns the faults of a schema whose rules cost too much together. */
  faults(path: string): readonly FieldError[] {
    if (this.#total <= SCHEMA_COST_LIMIT) return []
    const text = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'
    const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
    return [
      ...this.#expensive.map(({ field }) => forbidden(field, text)),
      forbidden(path, costFault(name, this.#total, SCHEMA_COST_LIMIT)),
    ]
  }
}
