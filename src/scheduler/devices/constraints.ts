import type { Device, DeviceAttribute, DeviceConstraint } from '../../api/resource/generated.js'
import type { CandidateDevice, RequestOption } from './requests.js'

/**
 * A constraint of a claim while devices are chosen for it: all of them have the same value of an attribute
 * (`matchAttribute`), or each another one (`distinctAttribute`). Source: structured matchAttributeConstraint,
 * distinctAttributeConstraint.
 */
export class Constraint {
  readonly #requests: ReadonlySet<string>
  readonly #attribute: string
  readonly #isDistinct: boolean
  /** Values of the chosen devices. */
  readonly #values: string[] = []

  constructor({ requests = [], matchAttribute, distinctAttribute }: DeviceConstraint) {
    this.#requests = new Set(requests)
    this.#attribute = matchAttribute ?? distinctAttribute ?? ''
    this.#isDistinct = matchAttribute === undefined
  }

  /** Adds a device; returns false, and adds nothing, if that breaks the constraint. */
  add(option: RequestOption, candidate: CandidateDevice): boolean {
    if (!this.#concerns(option)) return true
    const value = attributeOf(candidate, this.#attribute)
    if (value === undefined) return false
    const fits = this.#isDistinct
      ? !this.#values.includes(value)
      : this.#values.length === 0 || this.#values[0] === value
    if (fits) this.#values.push(value)
    return fits
  }

  /** Removes the device that was added last. */
  remove(option: RequestOption): void {
    if (this.#concerns(option)) this.#values.pop()
  }

  #concerns({ name, parent }: RequestOption): boolean {
    return this.#requests.size === 0 || this.#requests.has(parent) || this.#requests.has(name)
  }
}

/** Returns a text that equal values of an attribute share; undefined if the device does not have it. */
function attributeOf({ device, slice }: CandidateDevice, name: string): string | undefined {
  const value = lookUp(device, slice.spec.driver, name)
  if (value === undefined) return undefined
  const { string, int, bool, version } = value
  if (string !== undefined) return `s${string}`
  if (int !== undefined) return `i${int}`
  if (bool !== undefined) return `b${String(bool)}`
  return version === undefined ? undefined : `v${version}`
}

/** An attribute of the driver's own domain may be published without it. */
function lookUp({ attributes = {} }: Device, driver: string, name: string): DeviceAttribute | undefined {
  const own = `${driver}/`
  return attributes[name] ?? (name.startsWith(own) ? attributes[name.slice(own.length)] : undefined)
}
