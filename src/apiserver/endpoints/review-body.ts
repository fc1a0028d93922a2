import { authorizationSchema } from '../../api/authorization/generated.js'
import { authenticationSchema } from '../../api/authentication/generated.js'
import type { KubeObject } from '../../api/definition.js'
import type { Draft } from '../../api/draft.js'
import { badRequest } from '../errors.js'
import { attributesOf, type Call, type RegistryContext } from '../registry/context.js'
import { decodeBody } from '../registry/decode-body.js'

/** Reads the body of a kind that is only asked and answered, past admission. */
export function decodeReview<T extends KubeObject>(context: RegistryContext, call: Call): Draft<T> {
  const {
    definition: { group, version, kind },
    namespaced,
  } = call.resource
  const schema = group === 'authorization.k8s.io' ? authorizationSchema : authenticationSchema
  const review = decodeBody<T>(call, context.resources, call.request.body, {
    group,
    version,
    kind,
    message: schema.message(kind),
  })
  const draft = review as unknown as Draft<KubeObject>
  if (namespaced) {
    draft.metadata.namespace ??= call.namespace ?? ''
    if (draft.metadata.namespace !== call.namespace) {
      throw badRequest(
        'the namespace of the provided object does not match the namespace sent on the request',
      )
    }
  }
  const attributes = attributesOf(call, 'CREATE', draft as unknown as KubeObject, undefined)
  context.admission.mutate(attributes)
  context.admission.validate(attributes)
  return review
}
