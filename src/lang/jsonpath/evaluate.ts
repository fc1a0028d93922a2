import { spend } from '../bounds/budget.js'
import { bytesOf } from '../go/utf8.js'
import { goText, isMap } from '../json/maps.js'
import { compares, TemplateNumber, typeText, type Numbers } from './compare.js'
import { JsonPathError, type ArrayNode, type ListNode, type Node, type JsonPathTemplate } from './nodes.js'

/** How a template meets values. */
export interface JsonPathOptions {
  /** Whether missing fields give nothing instead of an error. Default true. */
  readonly allowMissingKeys?: boolean
  /** Default `integers`. */
  readonly numbers?: Numbers
}

type Values = readonly unknown[]

/**
 * Values that the steps of one template meet at most. Repeated descents (`..a..b`) multiply them without end.
 */
const MOST_VALUES = 1_000_000

/**
 * Returns the results of each part of a template on `value`; parts of ranges come once for each item. Throws
 * JsonPathError. Source: client-go util/jsonpath/jsonpath.go FindResults.
 */
export function evaluateJsonPath(
  { nodes }: JsonPathTemplate,
  value: unknown,
  { allowMissingKeys = true, numbers = 'integers' }: JsonPathOptions = {},
): readonly Values[] {
  return new Evaluation(allowMissingKeys, numbers).results(nodes, value)
}

/** An error, and the values that upstream has at hand with it, for which filters see no error. */
class Fault extends JsonPathError {
  readonly values: Values

  constructor(message: string, values: Values) {
    super(message)
    this.values = values
  }
}

class Evaluation {
  readonly #allowMissingKeys: boolean
  readonly #numbers: Numbers
  #met = 0
  #begun = 0
  #inside = 0
  #ended = 0
  #lastEnd: Node | undefined

  constructor(allowMissingKeys: boolean, numbers: Numbers) {
    this.#allowMissingKeys = allowMissingKeys
    this.#numbers = numbers
  }

  results(nodes: readonly Node[], value: unknown): readonly Values[] {
    const all: Values[] = []
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at] as Node
      const found = this.#walk([value], node).map((one) => (one instanceof TemplateNumber ? one.value : one))
      if (this.#ended > 0 && this.#ended <= this.#inside) {
        this.#ended--
        this.#lastEnd = node
        break
      }
      if (this.#begun === 0) {
        all.push(found)
        continue
      }
      for (const one of this.#range(nodes.slice(at + 1), found)) all.push(one)
      // goes on after the last end that was met; a range without end runs on once more, as upstream's
      const end = this.#lastEnd === undefined ? -1 : nodes.indexOf(this.#lastEnd, at + 1)
      if (end >= 0) at = end
    }
    return all
  }

  #range(body: readonly Node[], items: Values): readonly Values[] {
    this.#begun--
    this.#inside++
    const all = items.flatMap((item) => this.results(body, item))
    // without items the body still runs, to find its end
    if (items.length === 0) this.results(body, undefined)
    this.#inside--
    return all
  }

  /** Counts values before they are copied. */
  #meet(count: number): void {
    this.#met += count
    if (this.#met > MOST_VALUES) throw new JsonPathError(`the path meets more than ${MOST_VALUES} values`)
    spend(count)
  }

  #walk(values: Values, node: Node): Values {
    this.#meet(values.length + 1)
    switch (node.kind) {
      case 'list':
        return this.#list(values, node)
      case 'text':
        return [node.text]
      case 'field':
        return this.#field(values, node.name)
      case 'array':
        return this.#array(values, node)
      case 'filter':
        return this.#filter(values, node)
      case 'number':
        return values.map(() => new TemplateNumber(node.value, node.isFloat))
      case 'bool':
        return values.map(() => node.value)
      case 'wildcard':
        return values.flatMap(childrenOf)
      case 'recursive':
        return this.#descendants(values)
      case 'union':
        return node.lists.flatMap((list) => this.#list(values, list))
      case 'identifier':
        return this.#identifier(values, node.name)
    }
  }

  /** The values with everything below them, in depth. */
  #descendants(values: Values): Values {
    const found: unknown[] = []
    const visit = (value: unknown): void => {
      this.#meet(1)
      const children = childrenOf(value)
      if (children.length === 0) return
      found.push(value)
      if (typeof value !== 'string') children.forEach(visit)
    }
    values.forEach(visit)
    return found
  }

  #list(values: Values, { nodes }: ListNode): Values {
    let found = values
    for (const node of nodes) found = this.#walk(found, node)
    return found
  }

  #identifier(values: Values, name: string): Values {
    if (name === 'range') {
      this.#begun++
      return values
    }
    if (name !== 'end') throw new Fault(`unrecognized identifier ${name}`, values)
    if (this.#inside === 0) throw new Fault('not in range, nothing to end', [])
    this.#ended++
    return []
  }

  #field(values: Values, name: string): Values {
    const found: unknown[] = []
    for (const value of values) {
      const field = isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined
      if (field !== undefined) found.push(field)
    }
    if (found.length === 0 && values.length > 0 && !this.#allowMissingKeys)
      throw new Fault(`${name} is not found`, [])
    return found
  }

  #array(values: Values, node: ArrayNode): Values {
    const found: unknown[] = []
    for (const value of values) {
      if (value === null || value === undefined) continue
      if (!Array.isArray(value))
        throw new Fault(`${typeText(value, this.#numbers)} is not array or slice`, values)
      const [start, end] = boundsOf(node, value.length, values)
      // upstream leaves off there, too
      if (start === end) return found
      if (node.step !== undefined && node.step <= 0) throw new Fault('step must be > 0', values)
      this.#meet(end - start)
      for (let at = start; at < end; at += node.step ?? 1) found.push(value[at])
    }
    return found
  }

  #filter(values: Values, node: Extract<Node, { kind: 'filter' }>): Values {
    return values.flatMap((value) => {
      if (!Array.isArray(value))
        throw new Fault(`${goText(value)} is not array or slice and cannot be filtered`, values)
      this.#meet(value.length)
      return value.filter((item: unknown) =>
        node.operator === 'exists' ? this.#exists(node.left, item) : this.#passes(node, item),
      )
    })
  }

  #exists(left: ListNode, item: unknown): boolean {
    try {
      return this.#list([item], left).length > 0
    } catch (error) {
      if (error instanceof Fault) return error.values.length > 0
      throw error
    }
  }

  #passes({ left, operator, right }: Extract<Node, { kind: 'filter' }>, item: unknown): boolean {
    const lefts = this.#list([item], left)
    if (lefts.length === 0) return false
    if (lefts.length > 1) throw new Fault('can only compare one element at a time', [item])
    const rights = this.#list([item], right)
    if (rights.length === 0) return false
    if (rights.length > 1) throw new Fault('can only compare one element at a time', [item])
    return compares(lefts[0], operator, rights[0], this.#numbers)
  }
}

function boundsOf(
  { start = 0, end: asked, isIndex }: ArrayNode,
  length: number,
  values: Values,
): readonly [start: number, end: number] {
  const first = start < 0 ? start + length : start
  const end = asked ?? length
  const last = end < 0 || (end === 0 && isIndex) ? end + length : end
  if (first === last) return [first, last]
  const outside = (index: number): Fault =>
    new Fault(`array index out of bounds: index ${index}, length ${length}`, values)
  if (first >= length || first < 0) throw outside(first)
  if (last > length || last < 0) throw outside(last - 1)
  if (first > last) throw new Fault(`starting index ${first} is greater than ending index ${last}`, values)
  return [first, last]
}

/** Items, bytes of texts, or the values of a map in key order (Go's order is random). */
function childrenOf(value: unknown): Values {
  if (typeof value === 'string') return [...bytesOf(value)]
  if (Array.isArray(value)) return value
  if (!isMap(value)) return []
  return Object.keys(value)
    .sort()
    .flatMap((key) => (value[key] === undefined ? [] : [value[key]]))
}
