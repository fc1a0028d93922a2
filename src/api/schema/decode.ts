import { DecodeError, jsonKind } from './decode-error.js'
import { isDecoded } from './freeze.js'
import { isPlainObject, maxDepth, maxItems, setOwn } from './plain-json.js'
import { readScalar, TypeMismatch, zeroScalar } from './scalars.js'
import type { Field, ListField, MapField, Message, MessageField } from './types.js'

export interface DecodeOptions {
  /**
   * Take over subtrees (metadata, spec, status, a whole object) that an earlier decode of the same message made and
   * `freezeDecoded` froze, instead of copying them. The result then has frozen parts: only for writes whose strategy replaces whole
   * parts (status updates, updates). Default false: every node of the result is fresh and mutable.
   */
  readonly shareFrozen?: boolean
}

/** A fresh object with only known fields, and the paths of the fields that were not known (`spec.containers[0].imag`). */
export interface Decoded<T> {
  readonly object: T
  readonly unknownFields: readonly string[]
}

/**
 * Reads untrusted, already parsed JSON as a message: a fresh object with the known fields only, their types checked, empty values
 * dropped or added as Go's encoder would, null as absent. Quantities, times and base64 come out in canonical form.
 * Throws DecodeError with Go's text when a value has the wrong type. The input is not changed.
 */
export function decode<T = unknown>(message: Message, input: unknown, options: DecodeOptions = {}): Decoded<T> {
  const decoder = new Decoder(options.shareFrozen ?? false)
  try {
    const object = decoder.root(message, input) as T
    return { object, unknownFields: decoder.unknownFields }
  } catch (error) {
    throw error instanceof RangeError ? new DecodeError('exceeded max depth') : error
  }
}

interface Plan {
  readonly message: Message
  readonly fields: ReadonlyMap<string, Field>
  readonly always: readonly (readonly [name: string, field: Field])[]
}

const plans = new WeakMap<Message, Plan>()

function planOf(message: Message): Plan {
  const known = plans.get(message)
  if (known !== undefined) return known
  const entries = Object.entries(message.fields)
  const plan = { message, fields: new Map(entries), always: entries.filter(([, { presence }]) => presence === 'always' || presence === 'nullable') }
  plans.set(message, plan)
  return plan
}

type Mutable = Record<string, unknown>

class Decoder {
  readonly unknownFields: string[] = []
  readonly #share: boolean
  /** Where we are: field names, map keys (as `.key`) and list indexes. */
  readonly #path: (string | number)[] = []
  #depth = 0

  constructor(share: boolean) {
    this.#share = share
  }

  root(message: Message, input: unknown): unknown {
    if (!isPlainObject(input)) throw new DecodeError(`json: cannot unmarshal ${jsonKind(input)} into Go value of type ${message.goType}`)
    return this.#message(planOf(message), input)
  }

  #message(plan: Plan, input: Readonly<Mutable>): unknown {
    if (this.#share && isDecoded(input, plan.message)) return input
    if (++this.#depth > maxDepth) throw new DecodeError('exceeded max depth')
    const out: Mutable = {}
    for (const name of Object.keys(input)) {
      const field = plan.fields.get(name)
      const value = input[name]
      if (field === undefined) {
        if (value !== undefined) this.unknownFields.push(this.#pathText(name))
      } else if (value !== undefined && value !== null) {
        this.#field(plan, out, name, field, value)
      }
    }
    for (const [name, field] of plan.always) {
      if (out[name] === undefined) out[name] = this.#zero(plan, field)
    }
    this.#depth--
    return out
  }

  #field(plan: Plan, out: Mutable, name: string, field: Field, value: unknown): void {
    // The strings, by far the most frequent, take the short way.
    if (field.type === 'string' && typeof value === 'string') {
      if (value !== '' || field.presence !== 'omitempty') out[name] = value
      return
    }
    this.#path.push(name)
    const read = this.#value(plan, field, value)
    this.#path.pop()
    if (field.presence !== 'omitempty' || !isEmpty(field, read)) out[name] = read
  }

  #value(plan: Plan, field: Field, value: unknown): unknown {
    switch (field.type) {
      case 'message': return this.#child(plan, field, value)
      case 'list': return this.#list(plan, field, value)
      case 'map': return this.#map(plan, field, value)
      default: {
        const read = readScalar(field, value)
        if (read instanceof TypeMismatch) throw this.#mismatch(plan, read.found, read.goType)
        return read
      }
    }
  }

  #child(plan: Plan, field: MessageField, value: unknown): unknown {
    const child = plan.message.group.message(field.message)
    if (!isPlainObject(value)) throw this.#mismatch(plan, jsonKind(value), child.goType)
    return this.#message(planOf(child), value)
  }

  #list(plan: Plan, field: ListField, value: unknown): unknown {
    if (!Array.isArray(value)) throw this.#mismatch(plan, jsonKind(value), goTypeOf(plan, field))
    const items = value as readonly unknown[]
    if (items.length > maxItems) throw new DecodeError(`json: array of ${items.length} items is too long`)
    const out: unknown[] = []
    const at = this.#path.length
    for (let index = 0; index < items.length; index++) {
      const item = items[index]
      this.#path[at] = index
      out.push(item === null || item === undefined ? this.#zero(plan, field.items) : this.#value(plan, field.items, item))
    }
    this.#path.length = at
    return out
  }

  #map(plan: Plan, field: MapField, value: unknown): unknown {
    if (!isPlainObject(value)) throw this.#mismatch(plan, jsonKind(value), goTypeOf(plan, field))
    const out: Mutable = {}
    const at = this.#path.length
    for (const key of Object.keys(value)) {
      const member = value[key]
      if (member === undefined) continue
      this.#path[at] = `.${key}`
      setOwn(out, key, member === null ? this.#zero(plan, field.values) : this.#value(plan, field.values, member))
    }
    this.#path.length = at
    return out
  }

  /** The written form of an absent value. */
  #zero(plan: Plan, field: Field): unknown {
    if (field.presence === 'nullable') return null
    switch (field.type) {
      case 'message': return this.#message(planOf(plan.message.group.message(field.message)), {})
      // a required list that is missing is refused by validation, which wants to walk it first
      case 'list': return field.required === true ? [] : null
      case 'map': return null
      default: return zeroScalar(field.type)
    }
  }

  #mismatch(plan: Plan, found: string, goType: string): DecodeError {
    const path = this.#path.filter((step) => typeof step === 'string' && !step.startsWith('.')).join('.')
    return new DecodeError(`json: cannot unmarshal ${found} into Go struct field ${plan.message.name}.${path} of type ${goType}`)
  }

  #pathText(name: string): string {
    let text = ''
    for (const step of this.#path) {
      if (typeof step === 'number') text += `[${step}]`
      else text += text === '' || step.startsWith('.') ? step : `.${step}`
    }
    return text === '' ? name : `${text}.${name}`
  }
}

/** What `omitempty` drops. */
function isEmpty(field: Field, value: unknown): boolean {
  switch (field.type) {
    case 'list': return (value as readonly unknown[]).length === 0
    case 'map': {
      for (const _ in value as object) return false
      return true
    }
    default: return value === '' || value === 0 || value === false
  }
}

/** Go's name of a field's type, as decoding errors show it. */
function goTypeOf(plan: Plan, field: Field): string {
  switch (field.type) {
    case 'message': return plan.message.group.message(field.message).goType
    case 'list': return `[]${goTypeOf(plan, field.items)}`
    case 'map': return field.values.type === 'quantity' ? 'v1.ResourceList' : `map[string]${goTypeOf(plan, field.values)}`
    case 'string': return field.goType ?? 'string'
    case 'boolean': return 'bool'
    case 'bytes': return '[]uint8'
    case 'double': return 'float64'
    case 'quantity': return 'resource.Quantity'
    case 'intOrString': return 'intstr.IntOrString'
    case 'time': return 'v1.Time'
    case 'microTime': return 'v1.MicroTime'
    case 'json': return 'runtime.RawExtension'
    default: return field.type
  }
}
