import { quote } from '../../lang/go/quote.js'
import { parseApiVersion } from '../../api/api-version.js'
import type { BoundObjectReference, TokenRequest } from '../../api/authentication/generated.js'
import { authenticationSchema } from '../../api/authentication/generated.js'
import type { Pod, ServiceAccount } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { FieldError } from '../../api/field-error.js'
import { invalid as invalidField } from '../../api/field-error.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { registryNameFault } from '../../api/validation/names.js'
import { formatTime } from '../../lang/go/time.js'
import { tokenClaims } from '../authentication/claims.js'
import type { BoundObjects } from '../authentication/claims.js'
import { badRequest, conflict, invalid, notFound, untypedError } from '../errors.js'
import { attributesOf, type RegistryRequest, type RegistryContext } from '../registry/context.js'
import { decodeBody } from '../registry/decode-body.js'
import { load } from '../registry/stored.js'

const KIND = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }
const DEFAULT_SECONDS = 3600
const SHORTEST_SECONDS = 600
const LONGEST_SECONDS = 2 ** 32
/**
 * The lifetime that the ServiceAccount admission plugin requests, in seconds. Such tokens are extended, and
 * warned of once it is over.
 */
const INJECTED_SECONDS = 3607
/** First minor that checks metadata.uid. */
const UID_VALIDATED_SINCE = 34
const EXTENDED_SECONDS = 365 * 24 * 3600

/**
 * POST serviceaccounts/NAME/token: issues a token of the account, which may be bound to a pod, a secret or a
 * node. Source: pkg/registry/core/serviceaccount/storage/token.go.
 */
export function requestToken(context: RegistryContext, call: RegistryRequest): KubeObject {
  const message = authenticationSchema.message('TokenRequest')
  const draft = decodeBody<TokenRequest>(call, context.resources, call.request.body ?? {}, {
    ...KIND,
    message,
  })
  const attributes = attributesOf(call, 'CREATE', draft as unknown as KubeObject, undefined)
  context.admission.mutate(attributes)
  const { metadata, spec } = draft as TokenRequest
  const seconds = spec.expirationSeconds ?? DEFAULT_SECONDS
  checkNames(call, metadata)
  const account = load(context, call.resource, call.namespace, call.name) as ServiceAccount | undefined
  if (account === undefined) throw notFound(call.resource, call.name)
  const identity = checkUid(context, account, metadata.uid)
  checkSeconds(seconds)
  context.admission.validate(attributes)
  const bound = boundObjects(context, call, spec.boundObjectRef ?? undefined)
  const { issuers, audiences: apiAudiences } = context.dependencies.tokenTrust
  const audiences =
    spec.audiences === undefined || spec.audiences === null || spec.audiences.length === 0
      ? apiAudiences
      : spec.audiences
  const isExtended =
    bound.pod !== undefined &&
    seconds === INJECTED_SECONDS &&
    audiences.every((each) => apiAudiences.includes(each))
  const now = context.clock.now()
  const claims = tokenClaims(account, bound, {
    issuer: issuers[0] ?? '',
    audiences,
    now,
    id: context.uids.uuid(),
    seconds: isExtended ? EXTENDED_SECONDS : seconds,
    ...(isExtended ? { warnAfter: seconds } : {}),
  })
  return deepFreeze({
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {
      name: account.metadata.name,
      namespace: account.metadata.namespace,
      ...metadata,
      ...identity,
      creationTimestamp: formatTime(now),
    },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token: sign(context, claims), expirationTimestamp: formatTime(now + seconds * 1000) },
  } as KubeObject)
}

function sign(
  { dependencies: { signer } }: RegistryContext,
  claims: Readonly<Record<string, unknown>>,
): string {
  if (signer === undefined) throw untypedError('failed to generate token: this server has no signing key')
  return signer.signToken(claims)
}

function checkNames({ name, namespace }: RegistryRequest, metadata: TokenRequest['metadata']): void {
  const of = { group: KIND.group, kind: KIND.kind }
  if (metadata.name !== undefined && metadata.name !== name) {
    throw invalid(of, name, [
      invalidField('metadata.name', metadata.name, 'must match the service account name if specified'),
    ])
  }
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    const why = 'must match the service account namespace if specified'
    throw invalid(of, name, [invalidField('metadata.namespace', metadata.namespace, why)])
  }
}

/** Throws 409 if the request names the uid of another account (TokenRequestServiceAccountUIDValidation). */
function checkUid(
  { scheme }: RegistryContext,
  { metadata }: ServiceAccount,
  asked: string | undefined,
): { readonly uid?: string } {
  const { name = '', uid = '' } = metadata
  if (scheme.release.minor < UID_VALIDATED_SINCE) return {}
  if (asked !== undefined && asked !== '' && asked !== uid) {
    const of = { group: KIND.group, resource: KIND.kind }
    throw conflict(
      of,
      name,
      `the UID in the token request (${asked}) does not match the UID of the service account (${uid})`,
    )
  }
  return { uid }
}

function checkSeconds(seconds: number): void {
  const errors: FieldError[] = []
  const fault = (why: string): FieldError => invalidField('spec.expirationSeconds', seconds, why)
  if (seconds < SHORTEST_SECONDS) errors.push(fault('may not specify a duration less than 10 minutes'))
  if (seconds > LONGEST_SECONDS) errors.push(fault('may not specify a duration larger than 2^32 seconds'))
  if (errors.length > 0) throw invalid({ group: KIND.group, kind: KIND.kind }, '', errors)
}

function boundObjects(
  context: RegistryContext,
  call: RegistryRequest,
  reference: BoundObjectReference | undefined,
): BoundObjects {
  if (reference === undefined) return {}
  const { apiVersion = '', kind = '', name = '', uid = '' } = reference
  const { group, version } = parseApiVersion(apiVersion)
  const resource = group === '' ? BOUND[kind] : undefined
  if (resource === undefined) {
    // as Go prints a GroupVersionKind
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`)
  }
  const fault = registryNameFault(name)
  if (fault !== undefined) throw badRequest(fault)
  const target = context.resources.get(resource)
  const object = load(context, target, target.namespaced ? call.namespace : undefined, name)
  if (object === undefined) throw notFound(target, name)
  if (kind === 'Pod' && (object as Pod).spec.serviceAccountName !== call.name) {
    const why = 'to pod running with different serviceaccount name.'
    throw badRequest(`cannot bind token for serviceaccount ${quote(call.name)} ${why}`)
  }
  if (uid !== '' && uid !== object.metadata.uid) {
    throw conflict(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. ` +
        'The object might have been deleted and then recreated',
    )
  }
  return boundTo(context, kind, object)
}

const BOUND: Readonly<Record<string, string | undefined>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }

/** Returns the node of a pod's token, with its uid if the Node exists. */
function boundTo(context: RegistryContext, kind: string, object: KubeObject): BoundObjects {
  const { name = '', uid = '' } = object.metadata
  if (kind === 'Secret') return { secret: { name, uid } }
  if (kind === 'Node') return { node: { name, uid } }
  const { nodeName } = (object as Pod).spec
  if (nodeName === undefined) return { pod: { name, uid } }
  const node = load(context, context.resources.get('nodes'), undefined, nodeName)
  return {
    pod: { name, uid },
    node: { name: nodeName, ...(node?.metadata.uid === undefined ? {} : { uid: node.metadata.uid }) },
  }
}
