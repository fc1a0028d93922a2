import { quote } from '../../../lang/go/quote.js'
import type { TokenRequest } from '../../../api/authentication/generated.js'
import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '../../../api/core/generated.js'
import type { KubeObject } from '../../../api/kind/definition.js'
import type { Minor } from '../../../api/releases.js'
import type { CSIDriver } from '../../../api/storage/generated.js'
import { notFound } from '../../errors.js'
import type { NodeWrite } from './check.js'
import { objectOf, refuse } from './check.js'

/**
 * First minor that limits a node to tokens for audiences that the pod names
 * (ServiceAccountNodeAudienceRestriction).
 */
const AUDIENCES_SINCE: Minor = 32
/** First minor in which RBAC may allow a node further audiences. */
const AUDIENCE_RIGHTS_SINCE: Minor = 33

/** Checks a node's token request: only for pods that run on it. */
export function checkToken(write: NodeWrite): void {
  const {
    node,
    context,
    attributes: { namespace, operation, subresource },
  } = write
  if (operation !== 'CREATE' || subresource !== 'token') return
  const { spec } = objectOf<TokenRequest & KubeObject>(write)
  const { apiVersion, kind, name = '', uid = '' } = spec.boundObjectRef ?? {}
  if (apiVersion !== 'v1' || kind !== 'Pod' || name === '')
    refuse(write, 'node requested token not bound to a pod')
  if (uid === '') refuse(write, 'node requested token with a pod binding without a uid')
  const pod = context.get<Pod>('pods', namespace, name)
  if (pod === undefined) throw notFound({ group: '', resource: 'pods' }, name)
  if (uid !== pod.metadata.uid) {
    refuse(
      write,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object ` +
        'might have been deleted and then recreated',
    )
  }
  if (pod.spec.nodeName !== node)
    refuse(write, 'node requested token bound to a pod scheduled on a different node')
  if (write.minor >= AUDIENCES_SINCE) checkAudience(write, pod, spec.audiences ?? [])
}

function checkAudience(write: NodeWrite, pod: Pod, [audience = '', ...others]: readonly string[]): void {
  const {
    minor,
    context,
    attributes: { namespace, name, user },
  } = write
  if (others.length > 0) refuse(write, 'node may only request 0 or 1 audiences')
  if (pod.spec.volumes?.some((volume) => hasAudience(write, pod, volume, audience)) === true) return
  const why = `audience ${quote(audience)} not found in pod spec volume`
  if (minor < AUDIENCE_RIGHTS_SINCE) refuse(write, why)
  const asked = {
    verb: 'request-serviceaccounts-token-audience',
    group: '',
    version: 'v1',
    resource: audience,
    namespace,
    name,
  }
  if (!context.authorize(user, asked).allowed)
    refuse(write, `${why}, ${user.name} is not authorized to request tokens for this audience`)
}

/** Whether a volume of the pod or its CSI driver needs a token for the audience. */
function hasAudience(
  { context }: NodeWrite,
  { metadata: { namespace = '', name = '' } }: Pod,
  volume: Volume,
  audience: string,
): boolean {
  const { projected, persistentVolumeClaim, ephemeral, csi } = volume
  if (
    projected?.sources?.some(
      ({ serviceAccountToken }) =>
        serviceAccountToken !== undefined && (serviceAccountToken.audience ?? '') === audience,
    )
  )
    return true
  const claim =
    persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${name}-${volume.name}`)
  const volumeName =
    claim === undefined
      ? undefined
      : context.get<PersistentVolumeClaim>('persistentvolumeclaims', namespace, claim)?.spec?.volumeName
  const driver =
    csi?.driver ??
    (volumeName === undefined
      ? undefined
      : context.get<PersistentVolume>('persistentvolumes', '', volumeName)?.spec?.csi?.driver)
  if (driver === undefined) return false
  return (
    context
      .get<CSIDriver>('csidrivers', '', driver)
      ?.spec.tokenRequests?.some((request) => request.audience === audience) === true
  )
}
