import type { KubeObject } from '../../api/kind/definition.js'
import { compareQuantities, parseQuantity, QuantityError } from '../../api/quantity.js'
import { pdqsort } from '../../lang/go/sort.js'
import { KubectlError } from '../call/errors.js'
import { evaluatePath, parseTemplate, relaxedPath, relaxedTemplate, textOf } from './jsonpath.js'

/** The sort field is no path, or no object has it. */
export class CannotSort extends KubectlError {}

/** The sort field holds neither text nor number, which ends kubectl at once. */
export class Unsortable extends KubectlError {}

const bare = (field: string): string => field.replaceAll(/[{}]/g, '').replace(/^\./, '')

/**
 * Sorts the rows of a table by the field of `--sort-by`, which may be any template: one row as it is. Source:
 * kubectl pkg/cmd/get/sorter.go TableSorter.
 */
export function sortRows(objects: readonly KubeObject[], field: string): readonly KubeObject[] {
  if (objects.length < 2) return objects
  const path = relaxedPath(field) ?? field
  return sorted(objects, { field, path, template: templateOf(path), inside: '[][][]reflect.Value' })
}

/**
 * Sorts a list by the field of `--sort-by`; those without the field come first. Throws KubectlError. Source:
 * kubectl pkg/cmd/get/sorter.go SortObjects.
 */
export function sortObjects(objects: readonly KubeObject[], field: string): readonly KubeObject[] {
  const template = relaxedTemplate(field)
  const path = relaxedPath(field) ?? field
  return sorted(objects, { field, path, template, inside: '*unstructured.Unstructured' })
}

function templateOf(path: string): ReturnType<typeof parseTemplate> {
  try {
    return parseTemplate(path)
  } catch (error) {
    throw error instanceof KubectlError ? new CannotSort(`sorting error: ${error.message}`) : error
  }
}

interface SortField {
  readonly field: string
  /** The field as upstream's parser takes it, and as its errors show it. */
  readonly path: string
  readonly template: ReturnType<typeof relaxedTemplate>
  /** The Go type that holds the values. */
  readonly inside: string
}

function sorted(
  objects: readonly KubeObject[],
  { field, path, template, inside }: SortField,
): readonly KubeObject[] {
  const keyed = objects.map((object) => ({ object, key: keyOf(template, object) }))
  if (objects.length > 0 && keyed.every(({ key }) => key === undefined)) {
    throw new CannotSort(`couldn't find any field with path "{.${bare(field)}}" in the list of objects`)
  }
  const unsortable =
    objects.length < 2 ? undefined : keyed.find(({ key }) => typeof key === 'object' && key !== null)
  if (unsortable !== undefined) {
    const { object, key } = unsortable
    throw new Unsortable(
      `Field ${path} in ${inside} is an unsortable type: ` +
        (key === object
          ? 'map, err: unsortable type: map'
          : 'interface, err: unsortable type: ' +
            (Array.isArray(key) ? '[]interface {}' : 'map[string]interface {}')),
    )
  }
  pdqsort(keyed, (a, b) => isLess(a.key, b.key))
  return keyed.map(({ object }) => object)
}

/** The value that sorts an object; `{}` and `{..}` find the object itself. */
const keyOf = (template: SortField['template'], object: KubeObject): unknown =>
  evaluatePath(template, object)[0]

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
