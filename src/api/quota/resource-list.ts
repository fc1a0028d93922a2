import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  subtractQuantities,
  type ResourceList,
} from '../quantity.js'

const ZERO = parseQuantity('0')

const get = (list: ResourceList, name: string) =>
  Object.hasOwn(list, name) ? parseQuantity(list[name] as string) : undefined

function combine(names: Iterable<string>, amount: (name: string) => string): ResourceList {
  return Object.fromEntries(Array.from(names, (name) => [name, amount(name)]))
}

const namesOf = (...lists: readonly ResourceList[]): ReadonlySet<string> =>
  new Set(lists.flatMap((list) => Object.keys(list)))

/** Returns the sum, for every name in either list. */
export function addLists(a: ResourceList, b: ResourceList): ResourceList {
  return combine(namesOf(a, b), (name) =>
    formatQuantity(addQuantities(get(a, name) ?? ZERO, get(b, name) ?? ZERO)),
  )
}

/** Returns the difference by name, not below zero. */
export function subtractLists(a: ResourceList, b: ResourceList): ResourceList {
  return combine(namesOf(a, b), (name) => {
    const [left, right] = [get(a, name) ?? ZERO, get(b, name) ?? ZERO]
    return compareQuantities(left, right) < 0 ? '0' : formatQuantity(subtractQuantities(left, right))
  })
}

/** Returns only the named resources. */
export function maskList(list: ResourceList, names: readonly string[]): ResourceList {
  return Object.fromEntries(Object.entries(list).filter(([name]) => names.includes(name)))
}

/** Returns the resources that are not zero. */
export function withoutZeros(list: ResourceList): ResourceList {
  return Object.fromEntries(
    Object.entries(list).filter(([, amount]) => compareQuantities(parseQuantity(amount), ZERO) !== 0),
  )
}

/** Returns the names of the amounts above their limit. */
export function exceeding(list: ResourceList, limits: ResourceList): readonly string[] {
  return Object.keys(list).filter((name) => {
    const limit = get(limits, name)
    return limit !== undefined && compareQuantities(parseQuantity(list[name] as string), limit) > 0
  })
}

/** Returns the names of the amounts below zero. */
export function negative(list: ResourceList): readonly string[] {
  return Object.keys(list).filter((name) => compareQuantities(parseQuantity(list[name] as string), ZERO) < 0)
}

/** `pods=1,requests.cpu=600m`, by name. */
export function listText(list: ResourceList): string {
  return Object.keys(list)
    .sort()
    .map((name) => `${name}=${list[name] as string}`)
    .join(',')
}

/** Whether both have the same amounts. */
export function sameLists(a: ResourceList, b: ResourceList): boolean {
  const names = namesOf(a, b)
  return [...names].every((name) => {
    const [left, right] = [get(a, name), get(b, name)]
    return left !== undefined && right !== undefined && compareQuantities(left, right) === 0
  })
}
