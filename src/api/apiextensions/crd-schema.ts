import { decode } from '../schema/decode.js'
import { DecodeError } from '../schema/decode-error.js'
import type { Decoded } from '../schema/decode.js'
import type { Message, SchemaGroup } from '../schema/types.js'
import type { CustomResourceDefinition } from './generated.js'
import { apiextensionsSchema } from './generated.js'
import { readNestedSchemas } from './schema.js'

const CRD = 'CustomResourceDefinition'

let message: Message | undefined

/** CRDs are read with all the schemas in them, also those that the tables take for any JSON. */
function crdMessage(): Message {
  const plain = apiextensionsSchema.message(CRD)
  return (message ??= { ...plain, read: (input) => readDefinition(plain, input) })
}

function readDefinition(plain: Message, input: unknown): Decoded<CustomResourceDefinition> {
  const decoded = decode<CustomResourceDefinition>(plain, input)
  try {
    for (const { schema } of decoded.object.spec.versions) {
      if (schema?.openAPIV3Schema !== undefined) readNestedSchemas(schema.openAPIV3Schema)
    }
  } catch (error) {
    throw error instanceof RangeError ? new DecodeError('exceeded max depth') : error
  }
  return decoded
}

/** The field tables of apiextensions.k8s.io. */
export const crdSchema: SchemaGroup = {
  ...apiextensionsSchema,
  find: (name) => (name === CRD ? crdMessage() : apiextensionsSchema.find(name)),
  message: (name) => (name === CRD ? crdMessage() : apiextensionsSchema.message(name)),
}
