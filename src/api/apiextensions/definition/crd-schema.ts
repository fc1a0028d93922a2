import type { KubeObject } from '../../kind/definition.js'
import { decode } from '../../schema/decode.js'
import { DecodeError } from '../../../lang/json/decode-error.js'
import type { Decoded } from '../../schema/decode.js'
import type { Message, SchemaGroup } from '../../schema/types.js'
import type { CustomResourceDefinition } from '../generated.js'
import { apiextensionsSchema } from '../generated.js'
import { readNestedSchemas } from '../schema/schema.js'
import type { BetaDefinition } from './v1beta1-schema.js'
import { apiextensionsBetaSchema } from './v1beta1-schema.js'

const CRD = 'CustomResourceDefinition'

function readDefinition(plain: Message, input: unknown): Decoded<KubeObject> {
  const decoded = decode<CustomResourceDefinition | BetaDefinition>(plain, input)
  const { spec } = decoded.object
  const validations = [
    ...('validation' in spec ? [['spec.validation', spec.validation] as const] : []),
    ...(spec.versions ?? []).map(({ schema }) => ['spec.versions.schema', schema] as const),
  ]
  try {
    for (const [path, validation] of validations) {
      if (validation?.openAPIV3Schema !== undefined)
        readNestedSchemas(validation.openAPIV3Schema, `${path}.openAPIV3Schema`)
    }
  } catch (error) {
    throw error instanceof RangeError ? new DecodeError('exceeded max depth') : error
  }
  return decoded
}

/** CRDs are decoded with all schemas in them, including those that the tables treat as any JSON. */
function withNested(group: SchemaGroup): SchemaGroup {
  let message: Message | undefined
  const crd = (): Message => {
    const plain = group.message(CRD)
    return (message ??= { ...plain, read: (input) => readDefinition(plain, input) })
  }
  return {
    ...group,
    find: (name) => (name === CRD ? crd() : group.find(name)),
    message: (name) => (name === CRD ? crd() : group.message(name)),
  }
}

/** The field tables of apiextensions.k8s.io. */
export const crdSchema: SchemaGroup = withNested(apiextensionsSchema)

/** The field tables of apiextensions.k8s.io/v1beta1. */
export const crdBetaSchema: SchemaGroup = withNested(apiextensionsBetaSchema)
