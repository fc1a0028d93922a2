import type { Container, Pod, ServiceAccount, Volume } from '../../api/core/generated.js'
import { isMirrorPod } from '../../api/core/conditions.js'
import type { Draft } from '../../api/kind/draft.js'
import { requestNameFault } from '../../api/validation/names.js'
import { forbidden } from '../errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'

const VOLUME_PREFIX = 'kube-api-access-'
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
/** Lifetime of a token in seconds. The odd value marks tokens that this plugin requests. */
const TOKEN_SECONDS = 3607

/**
 * Sets the ServiceAccount of a pod, which must exist, and mounts its token unless pod or account opt out.
 * Source: plugin/pkg/admission/serviceaccount/admission.go.
 */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  resources: ['pods'],
  mutate: (attributes, context) => {
    if (attributes.operation === 'CREATE') admitPod(attributes, context)
  },
}

function admitPod(attributes: AdmissionAttributes, context: AdmissionContext): void {
  const pod = attributes.object as unknown as Draft<Pod>
  if (isMirrorPod(pod as Pod)) return checkMirror(attributes, pod as Pod)
  const { spec } = pod
  const name = spec.serviceAccountName ?? 'default'
  spec.serviceAccountName = name
  spec.serviceAccount = name
  const account = context.get<ServiceAccount>('serviceaccounts', attributes.namespace, name)
  if (account === undefined) {
    const why = requestNameFault(name) ?? `serviceaccount "${name}" not found`
    throw refuse(attributes, `error looking up service account ${attributes.namespace}/${name}: ${why}`)
  }
  if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true)
    mountToken(pod, context)
  if ((spec.imagePullSecrets?.length ?? 0) === 0 && account.imagePullSecrets !== undefined) {
    spec.imagePullSecrets = account.imagePullSecrets.map((reference) => ({ ...reference }))
  }
}

const refuse = ({ definition, name }: AdmissionAttributes, why: string): Error =>
  forbidden(definition, name, why)

function checkMirror(attributes: AdmissionAttributes, { spec }: Pod): void {
  if (spec.serviceAccountName !== undefined)
    throw refuse(attributes, 'a mirror pod may not reference service accounts')
  for (const { secret, projected } of spec.volumes ?? []) {
    if (secret !== undefined) throw refuse(attributes, 'a mirror pod may not reference secrets')
    if (projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken !== undefined) === true) {
      throw refuse(attributes, 'a mirror pod may not use ServiceAccountToken volume projections')
    }
  }
}

/** Mounts the token in every container that mounts nothing at that path, and adds the volume if needed. */
function mountToken({ spec }: Draft<Pod>, context: AdmissionContext): void {
  const present = spec.volumes?.find(({ name }) => name.startsWith(VOLUME_PREFIX))
  const volume = present?.name ?? VOLUME_PREFIX + context.suffix(5)
  let isNeeded = false
  for (const container of [...(spec.initContainers ?? []), ...spec.containers])
    isNeeded = mountIn(container, volume) || isNeeded
  if (present === undefined && isNeeded) spec.volumes = [...(spec.volumes ?? []), tokenVolume(volume)]
}

function mountIn(container: Draft<Container>, volume: string): boolean {
  if (container.volumeMounts?.some(({ mountPath }) => mountPath === MOUNT_PATH) === true) return false
  container.volumeMounts = [
    ...(container.volumeMounts ?? []),
    { name: volume, readOnly: true, mountPath: MOUNT_PATH },
  ]
  return true
}

function tokenVolume(name: string): Draft<Volume> {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: 420,
    },
  }
}
