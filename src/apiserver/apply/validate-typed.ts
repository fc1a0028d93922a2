import { quote } from '../../lang/go/quote.js'
import { goType } from '../../lang/go/number.js'
import {
  itemElement,
  ItemError,
  type ListShape,
  type MapShape,
  type ScalarShape,
  type Shape,
  shapeFor,
} from './shape.js'
import { elementText, fieldElement } from './path-element.js'
import type { JsonMap } from '../../lang/json/maps.js'

/** One fault of an applied configuration. */
interface Fault {
  readonly path: string
  readonly message: string
}

/** Deepest nesting of a configuration. */
const MOST_DEPTH = 1_000

/**
 * Checks a configuration against its schema: types, unknown fields, duplicates in sets and list maps. Returns
 * upstream's text of the faults, or undefined if it is valid. Source: structured-merge-diff
 * typed/validate.go.
 */
export function typeFaults(shape: MapShape, value: unknown, allowDuplicates = false): string | undefined {
  const faults: Fault[] = []
  new Walker(faults, allowDuplicates).value(shape, value, '', 0)
  if (faults.length === 0) return undefined
  const texts = faults.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  return texts.length === 1 ? texts[0] : ['errors:', ...texts.map((text) => `  ${text}`)].join('\n')
}

class Walker {
  readonly #faults: Fault[]
  readonly #allowDuplicates: boolean

  constructor(faults: Fault[], allowDuplicates: boolean) {
    this.#faults = faults
    this.#allowDuplicates = allowDuplicates
  }

  value(shape: Shape, value: unknown, path: string, depth: number): void {
    if (depth > MOST_DEPTH) return this.#fault(path, 'exceeded max depth')
    const own = shapeFor(shape, value)
    if (value === null || value === undefined) return
    switch (own.kind) {
      case 'scalar':
        return this.#scalar(own, value, path)
      case 'list':
        if (!Array.isArray(value)) return this.#fault(path, `expected list, got &{${goText(value)}}`)
        return this.#list(own, value, path, depth)
      case 'map':
        if (typeof value !== 'object' || Array.isArray(value))
          return this.#fault(path, `expected map, got &{${goText(value)}}`)
        return this.#map(own, value as JsonMap, path, depth)
    }
  }

  #fault(path: string, message: string): void {
    this.#faults.push({ path, message })
  }

  #scalar({ scalar }: ScalarShape, value: unknown, path: string): void {
    switch (scalar) {
      case 'numeric':
        if (typeof value !== 'number' && typeof value !== 'bigint')
          this.#fault(path, `expected numeric (int or float), got ${goType(value)}`)
        return
      case 'string':
        if (typeof value !== 'string')
          this.#fault(path, `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`)
        return
      case 'boolean':
        if (typeof value !== 'boolean') this.#fault(path, `expected boolean, got &{${goText(value)}}`)
        return
      case 'untyped':
        if (typeof value === 'object') this.#fault(path, `expected any scalar, got &{${goText(value)}}`)
    }
  }

  #list(shape: ListShape, list: readonly unknown[], path: string, depth: number): void {
    const seen = new Set<string>()
    for (const [at, item] of list.entries()) {
      const element = shape.type === 'atomic' ? `i:${at}` : this.#element(shape, item, path, at)
      // upstream stops at the first item without an element
      if (element === undefined) return
      if (seen.has(element) && !this.#allowDuplicates)
        this.#fault(path, `duplicate entries for key ${elementText(element)}`)
      seen.add(element)
      this.value(shape.items, item, path + elementText(element), depth + 1)
    }
  }

  #element(shape: ListShape, item: unknown, path: string, at: number): string | undefined {
    try {
      return itemElement(shape, item)
    } catch (error) {
      if (!(error instanceof ItemError)) throw error
      this.#fault(path, `element ${at}: ${error.message}`)
      return undefined
    }
  }

  #map(shape: MapShape, map: JsonMap, path: string, depth: number): void {
    for (const [name, value] of Object.entries(map)) {
      const text = path + elementText(fieldElement(name))
      const inner = shape.member(name)?.shape ?? shape.others
      // upstream stops at the first undeclared field
      if (inner === undefined) return this.#fault(text, 'field not declared in schema')
      this.value(inner, value, text, depth + 1)
    }
  }
}

/** Returns a JSON value as Go's fmt writes it in error texts. */

/** Returns Go's `%v` of a float64, with an exponent from 21 digits on and below 1e-4, as in `1e+06`. */
function goNumber(value: number): string {
  const digits = value.toExponential()
  const exponent = Number(digits.slice(digits.indexOf('e') + 1))
  if (value === 0 || (exponent >= -4 && exponent < 21))
    return Number.isInteger(value) ? BigInt(value).toString() : String(value)
  return digits.replace(/e([+-])(\d)$/, 'e$10$2')
}

/** `%v`: `map[a:1 b:[x y]]` */
function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'number') return goNumber(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'object') return value as string
  const members = value as JsonMap
  return `map[${Object.keys(members)
    .sort()
    .map((key) => `${key}:${goText(members[key])}`)
    .join(' ')}]`
}

/** `%#v`: `map[string]interface {}{"a":1}` */
function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'number') return goNumber(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object') return JSON.stringify(value)
  const members = value as JsonMap
  const shown = Object.keys(members)
    .sort()
    .map((key) => `${quote(key)}:${goSyntax(members[key])}`)
  return `map[string]interface {}{${shown.join(', ')}}`
}
