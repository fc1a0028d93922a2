import * as z from 'zod/mini'
import { canonicalQuantity } from '../quantity.js'
import { normalizeMicroTime, normalizeTime } from '../../lang/go/time.js'
import { base64Fault } from './scalars.js'
import type { Field, Message, ScalarType } from './types.js'

const schemas = new WeakMap<Message, z.ZodMiniType>()

/**
 * Returns the zod schema of a message, derived from its field table on first use and cached: what `decode`
 * accepts, in a form that other tools can use. Every field may be absent or null; unknown fields are
 * stripped. `decode`, which the apiserver uses because it is faster, is tested against it.
 */
export function zodSchema(message: Message): z.ZodMiniType {
  const known = schemas.get(message)
  if (known !== undefined) return known
  const shape = Object.fromEntries(
    Object.entries(message.fields).map(([name, field]) => [name, z.nullish(fieldSchema(message, field))]),
  )
  const schema = z.object(shape)
  schemas.set(message, schema)
  return schema
}

function fieldSchema(message: Message, field: Field): z.ZodMiniType {
  switch (field.type) {
    case 'message':
      return z.lazy(() => zodSchema(message.group.message(field.message)))
    case 'list':
      return z.array(z.nullish(fieldSchema(message, field.items)))
    case 'map':
      return z.record(z.string(), z.nullish(fieldSchema(message, field.values)))
    default:
      return (scalars ??= makeScalars())[field.type]
  }
}

const integer = (size: number): z.ZodMiniType =>
  z.number().check(z.refine((value) => Number.isInteger(value) && value >= -size && value < size))

/** Whether a parser accepts the text. */
const readable =
  (read: (text: string) => unknown) =>
  (text: string): boolean => {
    try {
      read(text)
      return true
    } catch {
      return false
    }
  }

const text = (test: (value: string) => boolean): z.ZodMiniType => z.string().check(z.refine(test))

/** Made on first use, so that importing the package does not pay for it. */
let scalars: Readonly<Record<ScalarType, z.ZodMiniType>> | undefined

const makeScalars = (): Readonly<Record<ScalarType, z.ZodMiniType>> => ({
  string: z.string(),
  boolean: z.boolean(),
  int32: integer(2 ** 31),
  int64: integer(2 ** 63),
  double: z.number(),
  quantity: z.union([text(readable((value) => canonicalQuantity(value.trim()))), z.number()]),
  intOrString: z.union([z.string(), integer(2 ** 31)]),
  time: text(readable(normalizeTime)),
  microTime: text(readable(normalizeMicroTime)),
  bytes: text((value) => base64Fault(value) < 0),
  json: z.union([z.record(z.string(), z.json()), z.array(z.json())]),
  anyJson: z.json(),
})
