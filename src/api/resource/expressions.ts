import { compile } from '../cel/compile.js'
import { parseVersion, QuantityValue } from '../cel/lib-quantity.js'
import { parseQuantity } from '../quantity.js'
import { DYN, mapOf, objectOf, STRING, typeText, type CelType } from '../../lang/cel/check/types.js'
import { CelFault, fromJson, PlainMap, type Value } from '../../lang/cel/values.js'
import { invalid, tooLong, type FieldError } from '../field-error.js'
import type { Device, DeviceAttribute } from './generated.js'

const maxLength = 10240

/** Made on first use. Source: k8s.io/dynamic-resource-allocation/cel newCompiler. */
let variables: ReadonlyMap<string, CelType> | undefined

const device = (): CelType =>
  objectOf('kubernetes.DRADevice', {
    driver: STRING,
    attributes: mapOf(STRING, mapOf(STRING, DYN)),
    capacity: mapOf(STRING, mapOf(STRING, { kind: 'opaque', name: 'kubernetes.Quantity' })),
  })

/** Compiles the expression of a selector, which must be a bool. Source: validateCELSelector. */
export function validateExpression(expression: string, path: string, errors: FieldError[]): void {
  if (expression.length > maxLength) {
    errors.push(tooLong(path, maxLength))
    return
  }
  if (expression === '') {
    errors.push(invalid(path, '', `compilation failed: ${emptyText}`))
    return
  }
  variables ??= new Map([['device', device()]])
  const { program, error } = compile(expression, variables, { bindings: true })
  if (error !== undefined) errors.push(invalid(path, expression, `compilation failed: ${error}`))
  else if (program.type.kind !== 'bool' && program.type.kind !== 'dyn') {
    const text = `must evaluate to bool or the unknown type, not ${typeText(program.type)}`
    errors.push(invalid(path, expression, text))
  }
}

/** cel-go's text for an expression without a token. */
const emptyText =
  "ERROR: <input>:1:0: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', " +
  "'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

/** Why the expression of a selector cannot be decided for a device. */
export class SelectorFault extends Error {}

/** Whether a driver's device is selected. @throws SelectorFault */
export type DeviceSelection = (driver: string, device: Device) => boolean

/** Compiled selectors: few different ones are used, again and again. */
const compiled = new Map<string, DeviceSelection>()
/** So many are kept. */
const MOST_COMPILED = 256

/**
 * Returns the selection of an expression, compiled once. Source: k8s.io/dynamic-resource-allocation/cel
 * DeviceMatches.
 */
export function deviceSelection(expression: string): DeviceSelection {
  let known = compiled.get(expression)
  if (known === undefined) {
    if (compiled.size >= MOST_COMPILED) compiled.clear()
    compiled.set(expression, (known = newSelection(expression)))
  }
  return known
}

function newSelection(expression: string): DeviceSelection {
  variables ??= new Map([['device', device()]])
  const { program, error } = compile(expression, variables, { lists: true, bindings: true })
  if (error !== undefined) {
    return () => {
      throw new SelectorFault(`CEL compile error: compilation failed: ${error}`)
    }
  }
  return (driver, of) => {
    try {
      const value = program.run({ device: deviceValue(driver, of) })
      if (typeof value === 'boolean') return value
    } catch (fault) {
      if (!(fault instanceof CelFault)) throw fault
      throw new SelectorFault(`CEL runtime error: ${fault.message}`)
    }
    throw new SelectorFault('CEL runtime error: CEL result could not be converted to bool')
  }
}

/** A map by domain: one that a device does not have is empty. */
class Domains extends PlainMap {
  override find(key: Value): Value | undefined {
    return super.find(key) ?? EMPTY
  }

  override has(key: Value): boolean {
    return super.find(key) !== undefined
  }
}

const EMPTY = new PlainMap([])

const values = new WeakMap<Device, { readonly driver: string; readonly value: Value }>()

function deviceValue(driver: string, of: Device): Value {
  const known = values.get(of)
  if (known?.driver === driver) return known.value
  const capacity = byDomain(driver, of.capacity, ({ value }) => new QuantityValue(parseQuantity(value)))
  const attributes = byDomain(driver, of.attributes, attributeValue)
  const value = new PlainMap([
    ['driver', driver],
    ['attributes', attributes],
    ['capacity', capacity],
  ])
  values.set(of, { driver, value })
  return value
}

/** Groups values by the domain of their names, which is the driver for a name without one. */
function byDomain<T>(
  driver: string,
  named: Readonly<Record<string, T>> = {},
  valueOf: (member: T) => Value,
): Domains {
  const domains = new Map<string, [string, Value][]>()
  for (const name of Object.keys(named).sort()) {
    const slash = name.indexOf('/')
    const domain = slash < 0 ? driver : name.slice(0, slash)
    const members = domains.get(domain) ?? []
    members.push([name.slice(slash + 1), valueOf(named[name] as T)])
    domains.set(domain, members)
  }
  return new Domains(Array.from(domains, ([domain, members]) => [domain, new PlainMap(members)] as const))
}

function attributeValue({ int, bool, string, version }: DeviceAttribute): Value {
  if (version !== undefined) return parseVersion(version)
  return fromJson(int ?? bool ?? string)
}
