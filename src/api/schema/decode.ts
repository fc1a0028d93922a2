import { DecodeError, jsonKind } from '../../lang/json/decode-error.js'
import { isPlainObject, maxDepth, maxItems, maxStrictFaults, setOwn } from '../../lang/json/plain-json.js'
import { isHugeQuantity, noteHugeQuantity } from './huge-quantities.js'
import { goTypeOf, planOf, type FieldPlan, type DecodePlan } from './plan.js'
import { readScalar, TypeMismatch, zeroScalar } from './scalars.js'
import { noteSentEmpty } from './sent-empty.js'
import { shareParts } from './share.js'
import type { Message, ScalarField } from './types.js'

export interface DecodeOptions {
  /**
   * A frozen object that an earlier decode of the same message made. Parts that are equal to the part of it
   * at the same place are that part, so that later comparisons of the two end where nothing has changed. The
   * result may have frozen parts: only for writes whose strategy replaces whole parts (status updates).
   */
  readonly like?: object | undefined
}

/** A fresh object with only known fields, and the paths of the unknown ones (`spec.containers[0].imag`). */
export interface Decoded<T> {
  readonly object: T
  readonly unknownFields: readonly string[]
}

/**
 * Decodes untrusted, parsed JSON as a message: a fresh object with only the known fields, with checked types.
 * Empty values are dropped or added as by Go's encoder, and null is absent. Quantities, times and base64
 * become canonical. The input is not changed. Throws DecodeError with Go's text if a value has the wrong
 * type.
 */
export function decode<T = unknown>(
  message: Message,
  input: unknown,
  options: DecodeOptions = {},
): Decoded<T> {
  if (message.read !== undefined) return message.read(input) as Decoded<T>
  try {
    const decoder = new Decoder()
    const { like } = options
    const decoded = decoder.root(message, input, like)
    const object = (like === undefined ? decoded : shareParts(decoded, like)) as T
    if (decoder.hasHugeQuantity) noteHugeQuantity(object as object)
    return { object, unknownFields: decoder.unknownFields }
  } catch (error) {
    // Go notes a value of the wrong type and goes on; what a type's own decoder refuses later ends it at once
    if (error instanceof MismatchError) new Decoder(true).root(message, input, options.like)
    throw error instanceof RangeError ? new DecodeError('exceeded max depth') : error
  }
}

/** Whether a Go type decodes itself: what it refuses ends the decoding at once. */
const hasOwnDecoder = (type: string): boolean =>
  type === 'intOrString' || type === 'time' || type === 'microTime'

/** A value of the wrong type. */
class MismatchError extends DecodeError {}

type Mutable = Record<string, unknown>

/** Returns an object with its type first, in the order of Go's struct; a custom resource is no struct. */
function kindFirst(message: Message, input: Readonly<Mutable>): Readonly<Mutable> {
  const { apiVersion, kind } = input
  if (apiVersion === undefined || kind === undefined || message.isCustom === true) return input
  return { kind, ...input }
}

class Decoder {
  readonly unknownFields: string[] = []
  /**
   * The current path: field names, map keys (as `.key`) and list indexes. Leaves are not on it, because their
   * plan has their name.
   */
  private readonly path: (string | number)[] = []
  private depth = 0
  hasHugeQuantity = false
  /** Whether values of the wrong type are passed over, to find what a type's own decoder refuses. */
  private readonly passesMismatches: boolean

  constructor(passesMismatches = false) {
    this.passesMismatches = passesMismatches
  }

  root(message: Message, input: unknown, like: object | undefined): unknown {
    if (!isPlainObject(input)) {
      throw new DecodeError(
        `json: cannot unmarshal ${jsonKind(input)} into Go value of type ${message.goType}`,
      )
    }
    return this.message(planOf(message), input === like ? input : kindFirst(message, input), like)
  }

  private message(plan: DecodePlan, input: Readonly<Mutable>, like: unknown): unknown {
    if (input === like) return input
    if (++this.depth > maxDepth) throw new DecodeError('exceeded max depth')
    const { guesses, always } = plan
    const out: Mutable = {}
    const names = Object.keys(input)
    for (let at = 0; at < names.length; at++) {
      const name = names[at] as string
      const guess = guesses[at]
      const field = guess?.name === name ? guess : this.lookUp(plan, name, at)
      const value = input[name]
      if (field === undefined) {
        if (value !== undefined) this.unknown(name)
      } else if (value !== undefined && value !== null) {
        this.field(out, field, value, partOf(like, name))
      }
    }
    for (let at = 0; at < always.length; at++) {
      const field = always[at] as FieldPlan
      if (out[field.name] === undefined) out[field.name] = this.zero(field)
    }
    this.depth--
    return out
  }

  private unknown(name: string): void {
    if (this.unknownFields.length < maxStrictFaults) this.unknownFields.push(this.pathText(name))
  }

  private lookUp({ fields, guesses }: DecodePlan, name: string, at: number): FieldPlan | undefined {
    const field = fields.get(name)
    if (field !== undefined && at < fields.size) guesses[at] = field
    return field
  }

  /** Decodes a field into `out`, with a fast path for frequent leaf types. */
  private field(out: Mutable, plan: FieldPlan, value: unknown, like: unknown): void {
    const { name, keepsEmpty } = plan
    if (typeof value === 'string' && plan.type === 'string') {
      if (keepsEmpty || value !== '') out[name] = value
    } else if (typeof value === 'boolean' && plan.type === 'boolean') {
      if (keepsEmpty || value) out[name] = value
    } else if (plan.type === 'message') {
      out[name] = this.child(plan, value, like)
    } else if (plan.type === 'list') {
      const list = this.list(plan, value, like)
      // protobuf has no empty list: what is stored reads back as none
      if (list.length > 0) out[name] = list
      else if (keepsEmpty) out[name] = this.zero(plan)
      if (list.length === 0) noteSentEmpty(out, name)
    } else if (plan.type === 'map') {
      const map = this.map(plan, value)
      const hasMembers = !isEmpty(map)
      if (keepsEmpty || hasMembers) out[name] = map
      if (!hasMembers) noteSentEmpty(out, name)
    } else {
      const read = this.scalar(plan, value)
      if (keepsEmpty || (read !== '' && read !== 0 && read !== false)) out[name] = read
    }
  }

  /** Decodes an item of a list or a value of a map. Null becomes Go's empty value. */
  private item(plan: FieldPlan, value: unknown, like: unknown): unknown {
    // the conversions of maps and lists make empty bytes of nil
    if (value === null || value === undefined) return plan.type === 'bytes' ? '' : this.zero(plan)
    switch (plan.type) {
      case 'string':
        return typeof value === 'string' ? value : this.scalar(plan, value)
      case 'message':
        return this.checked(plan, value, like)
      case 'list':
        return this.list(plan, value, like)
      case 'map':
        return this.map(plan, value)
      default:
        return this.scalar(plan, value)
    }
  }

  private checked(plan: FieldPlan, value: unknown, like: unknown): unknown {
    const child = plan.child()
    if (!isPlainObject(value)) {
      if (this.passesMismatches) return undefined
      this.mismatch(plan, jsonKind(value), child.message.goType)
    }
    return this.message(child, value, like)
  }

  private child(plan: FieldPlan, value: unknown, like: unknown): unknown {
    // checked before the path grows: a mismatch adds the field's own name
    if (!isPlainObject(value)) return this.checked(plan, value, like)
    this.path.push(plan.name)
    const read = this.message(plan.child(), value, like)
    this.path.pop()
    return read
  }

  private scalar(plan: FieldPlan, value: unknown): unknown {
    // Go notes faults of base64, too
    if (this.passesMismatches && plan.type === 'bytes') return undefined
    const read = readScalar(plan.field as ScalarField, value)
    if (plan.type === 'quantity' && isHugeQuantity(read as string)) this.hasHugeQuantity = true
    if (!(read instanceof TypeMismatch)) return read
    if (this.passesMismatches && !hasOwnDecoder(plan.type)) return undefined
    return this.mismatch(plan, read.found, read.goType)
  }

  private list(plan: FieldPlan, value: unknown, like: unknown): readonly unknown[] {
    if (!Array.isArray(value)) {
      if (this.passesMismatches) return []
      this.mismatch(plan, jsonKind(value), goTypeOf(plan.owner.group, plan.field))
      return []
    }
    if (value === like) return value
    const items = value as readonly unknown[]
    if (items.length > maxItems) throw new DecodeError(`json: array of ${items.length} items is too long`)
    const { path } = this
    const itemPlan = plan.item as FieldPlan
    // a copy has room for just these items; one that grows would have room for 17
    const out = items.slice()
    const at = path.push(plan.name, 0) - 1
    for (let index = 0; index < items.length; index++) {
      path[at] = index
      out[index] = this.item(itemPlan, items[index], partOf(like, index))
    }
    path.pop()
    path.pop()
    return out
  }

  private map(plan: FieldPlan, value: unknown): Mutable {
    if (!isPlainObject(value)) {
      if (this.passesMismatches) return {}
      this.mismatch(plan, jsonKind(value), goTypeOf(plan.owner.group, plan.field))
      return {}
    }
    const { path } = this
    const itemPlan = plan.item as FieldPlan
    const out: Mutable = {}
    const at = path.push(plan.name, '') - 1
    for (const key of Object.keys(value)) {
      const member = value[key]
      if (member === undefined) continue
      path[at] = `.${key}`
      setOwn(out, key, this.item(itemPlan, member, undefined))
    }
    path.pop()
    path.pop()
    return out
  }

  /** Returns the written form of an absent value. */
  private zero({ field, child, zeroIsNull }: FieldPlan): unknown {
    if (zeroIsNull) return null
    switch (field.type) {
      case 'message':
        return this.message(child(), {}, undefined)
      // validation iterates over required lists before it refuses missing ones
      case 'list':
        return field.required === true ? [] : null
      case 'map':
        return null
      default:
        return zeroScalar(field.type)
    }
  }

  /**
   * Throws Go's text for a value of the wrong type. Items are on the path with their list, other fields are
   * not.
   */
  private mismatch(plan: FieldPlan, found: string, goType: string): never {
    const names = this.path.filter(
      (step): step is string => typeof step === 'string' && !step.startsWith('.'),
    )
    const path = [...names, ...(this.isItem(plan) ? [] : [plan.name])].join('.')
    throw new MismatchError(
      `json: cannot unmarshal ${found} into Go struct field ${plan.owner.name}.${path} of type ${goType}`,
    )
  }

  /** Whether the plan is that of the items of a list or map, not of a field itself. */
  private isItem(plan: FieldPlan): boolean {
    return planOf(plan.owner).fields.get(plan.name) !== plan
  }

  private pathText(name: string): string {
    let text = ''
    for (const step of this.path) {
      if (typeof step === 'number') text += `[${step}]`
      else text += text === '' || step.startsWith('.') ? step : `.${step}`
    }
    return text === '' ? name : `${text}.${name}`
  }
}

/** Returns the value at a place in an object or list of an earlier decode, which has the same shape. */
function partOf(like: unknown, place: string | number): unknown {
  return typeof like === 'object' && like !== null
    ? (like as Readonly<Record<string | number, unknown>>)[place]
    : undefined
}

function isEmpty(map: object): boolean {
  for (const _ in map) return false
  return true
}
