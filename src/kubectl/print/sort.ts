import type { KubeObject } from '../../api/definition.js'
import { compareQuantities, parseQuantity, QuantityError } from '../../api/quantity.js'
import { pdqsort } from '../../sim/pdqsort.js'
import { KubectlError } from '../errors.js'
import { evaluatePath, relaxedTemplate, textOf } from './jsonpath.js'

/** No object has the sort field. */
export class NoSuchField extends KubectlError {}

/** The sort field holds neither text nor number, which ends kubectl at once. */
export class Unsortable extends KubectlError {}

const bare = (field: string): string => field.replaceAll(/[{}]/g, '').replace(/^\./, '')

/**
 * Sorts objects by the field of `--sort-by`; those without the field come first. Source: kubectl
 * pkg/cmd/get/sorter.go.
 */
export function sortObjects(objects: readonly KubeObject[], field: string): readonly KubeObject[] {
  const template = relaxedTemplate(field)
  const keyed = objects.map((object) => ({ object, key: evaluatePath(template, object)[0] }))
  if (objects.length > 0 && keyed.every(({ key }) => key === undefined)) {
    throw new NoSuchField(`couldn't find any field with path "{.${bare(field)}}" in the list of objects`)
  }
  const unsortable =
    objects.length < 2 ? undefined : keyed.find(({ key }) => typeof key === 'object' && key !== null)
  if (unsortable !== undefined)
    throw new Unsortable(
      `Field {.${bare(field)}} in [][][]reflect.Value is an unsortable type: interface, err: ` +
        'unsortable type: ' +
        `${Array.isArray(unsortable.key) ? '[]interface {}' : 'map[string]interface {}'}`,
    )
  pdqsort(keyed, (a, b) => isLess(a.key, b.key))
  return keyed.map(({ object }) => object)
}

/** Upstream's order: a missing value is less than any other, even than another missing value. */
function isLess(a: unknown, b: unknown): boolean {
  return a === undefined || (b !== undefined && compare(a, b) < 0)
}

const isNumeric = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'

function compare(a: unknown, b: unknown): number {
  if (isNumeric(a) && isNumeric(b)) return a < b ? -1 : a > b ? 1 : 0
  const [x, y] = [textOf(a), textOf(b)]
  return compareAsQuantities(x, y) ?? compareNaturally(x, y)
}

function compareAsQuantities(a: string, b: string): number | undefined {
  try {
    return compareQuantities(parseQuantity(a), parseQuantity(b))
  } catch (error) {
    if (error instanceof QuantityError) return undefined
    throw error
  }
}

/** Compares digits inside texts as numbers: `a2` before `a10`. */
function compareNaturally(a: string, b: string): number {
  const [x, y] = [runsOf(a), runsOf(b)]
  for (let at = 0; at < Math.min(x.length, y.length); at++) {
    const [p, q] = [x[at] as string, y[at] as string]
    if (p === q) continue
    const numeric = /^\d/.test(p) && /^\d/.test(q) ? Number(p) - Number(q) : 0
    return numeric !== 0 ? numeric : p < q ? -1 : 1
  }
  return x.length - y.length
}

const runsOf = (text: string): readonly string[] => text.match(/\d+|\D+/g) ?? []
