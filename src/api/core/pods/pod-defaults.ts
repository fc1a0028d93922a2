import { imageNameFault } from './image-name.js'
import type { Draft } from '../../kind/draft.js'
import type {
  Container,
  EphemeralContainer,
  Lifecycle,
  Pod,
  PodSpec,
  Probe,
  ResourceRequirements,
  Volume,
} from '../generated.js'
import { setClaimSpecDefaults } from '../volumes/claim-defaults.js'
import { isPodLevelResource, podRequestList } from './pod-resources.js'
import { roundAmounts } from '../resource-lists.js'
import { setVolumeSourceDefaults } from '../volumes/volume-source-defaults.js'

/** Ephemeral containers have all fields to which defaulting writes. */
type AnyContainer = Draft<Container> | Draft<EphemeralContainer>

/** Default file mode: 0644, in decimal. */
const defaultMode = 420

/**
 * Sets the defaults of a pod: those of its spec, requests copied from limits, environment variables for
 * services. Source: pkg/apis/core/v1/defaults.go SetDefaults_Pod.
 */
export function setPodDefaults(pod: Draft<Pod>): void {
  const { spec, status } = pod
  if (!Object.isFrozen(status)) roundStatusAmounts(status)
  if (Object.isFrozen(spec)) return
  setPodSpecDefaults(spec)
  for (const container of spec.containers ?? []) setRequestDefaults(container.resources)
  for (const container of spec.initContainers ?? []) setRequestDefaults(container.resources)
  if (spec.resources !== undefined) setPodLevelRequestDefaults(spec)
  spec.enableServiceLinks ??= true
  // for pods only: templates stay as they are
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1
  if (spec.hostNetwork === true) setHostPortDefaults(spec)
}

/**
 * Sets the defaults of a pod template's spec, which are fewer than those of a pod. A frozen spec has them
 * already. Source: SetDefaults_PodSpec.
 */
export function setPodSpecDefaults(spec: Draft<PodSpec>): void {
  if (Object.isFrozen(spec)) return
  spec.restartPolicy ??= 'Always'
  spec.terminationGracePeriodSeconds ??= 30
  spec.dnsPolicy ??= 'ClusterFirst'
  spec.securityContext ??= {}
  spec.schedulerName ??= 'default-scheduler'
  setServiceAccountAlias(spec)
  roundAmounts(spec.overhead)
  roundAmounts(spec.resources?.limits)
  roundAmounts(spec.resources?.requests)
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume)
  for (const container of spec.initContainers ?? []) setContainerDefaults(container)
  for (const container of spec.containers ?? []) setContainerDefaults(container)
  for (const container of spec.ephemeralContainers ?? []) setContainerDefaults(container)
}

function roundStatusAmounts(status: Draft<Pod>['status']): void {
  for (const list of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const)
    for (const { allocatedResources, resources } of status[list] ?? []) {
      roundAmounts(allocatedResources)
      roundAmounts(resources?.limits)
      roundAmounts(resources?.requests)
    }
}

/**
 * Copies between `serviceAccountName` and its old name `serviceAccount`, which the conversion to and from the
 * internal type keeps equal.
 */
function setServiceAccountAlias(spec: Draft<PodSpec>): void {
  const name = spec.serviceAccountName ?? spec.serviceAccount
  if (name === undefined) return
  spec.serviceAccountName = name
  spec.serviceAccount = name
}

function setContainerDefaults(container: AnyContainer): void {
  container.imagePullPolicy ??= hasLatestTag(container.image ?? '') ? 'Always' : 'IfNotPresent'
  container.terminationMessagePath ??= '/dev/termination-log'
  container.terminationMessagePolicy ??= 'File'
  roundAmounts(container.resources?.limits)
  roundAmounts(container.resources?.requests)
  for (const port of container.ports ?? []) port.protocol ??= 'TCP'
  for (const variable of container.env ?? []) {
    const reference = variable.valueFrom?.fieldRef
    if (reference !== undefined) reference.apiVersion ??= 'v1'
  }
  setProbeDefaults(container.livenessProbe)
  setProbeDefaults(container.readinessProbe)
  setProbeDefaults(container.startupProbe)
  setLifecycleDefaults(container.lifecycle)
}

/**
 * Whether an image has no digest, and no tag or the tag `latest`. An invalid name has neither. Source:
 * pkg/util/parsers ParseImageName.
 */
function hasLatestTag(image: string): boolean {
  if (image.includes('@')) return false
  const last = image.slice(image.lastIndexOf('/') + 1)
  const colon = last.indexOf(':')
  return (colon < 0 || last.slice(colon + 1) === 'latest') && imageNameFault(image) === undefined
}

function setProbeDefaults(probe: Draft<Probe> | undefined): void {
  if (probe === undefined) return
  probe.timeoutSeconds ??= 1
  probe.periodSeconds ??= 10
  probe.successThreshold ??= 1
  probe.failureThreshold ??= 3
  setHttpDefaults(probe.httpGet)
  if (probe.grpc !== undefined) probe.grpc.service ??= ''
}

function setHttpDefaults(action: Draft<Probe>['httpGet']): void {
  if (action === undefined) return
  action.path ??= '/'
  action.scheme ??= 'HTTP'
}

function setLifecycleDefaults(lifecycle: Draft<Lifecycle> | undefined): void {
  setHttpDefaults(lifecycle?.postStart?.httpGet)
  setHttpDefaults(lifecycle?.preStop?.httpGet)
}

/** Sets missing requests to the limits. */
function setRequestDefaults(resources: Draft<ResourceRequirements> | undefined): void {
  if (resources?.limits === undefined) return
  resources.requests = { ...resources.limits, ...resources.requests }
}

/**
 * Completes the requests of a pod that has limits as a whole: with the sums of its containers, else with the
 * limits. Source: defaultPodRequests.
 */
function setPodLevelRequestDefaults(spec: Draft<PodSpec>): void {
  const { resources } = spec
  if (resources?.limits === undefined) return
  const sums = podRequestList({ spec } as unknown as Pod, {
    skipPodLevelResources: true,
    excludeOverhead: true,
  })
  const wanted = Object.entries({ ...resources.limits, ...sums, ...resources.requests })
  const requests = wanted.filter(
    ([name]) => isPodLevelResource(name) || Object.hasOwn(resources.requests ?? {}, name),
  )
  if (requests.length > 0) resources.requests = Object.fromEntries(requests)
}

/** Sets host ports to the container ports on the host's network. Templates are unchanged (since 1.28). */
function setHostPortDefaults(spec: Draft<PodSpec>): void {
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const port of container.ports ?? []) port.hostPort ??= port.containerPort
  }
}

function setVolumeDefaults(volume: Draft<Volume>): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {}
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) {
    if (source !== undefined) source.defaultMode ??= defaultMode
  }
  setDownwardDefaults(volume.downwardAPI?.items)
  for (const { serviceAccountToken, downwardAPI } of volume.projected?.sources ?? []) {
    if (serviceAccountToken !== undefined) serviceAccountToken.expirationSeconds ??= 3600
    setDownwardDefaults(downwardAPI?.items)
  }
  setRareVolumeDefaults(volume)
}

function setDownwardDefaults(items: { fieldRef?: { apiVersion?: string } | undefined }[] | undefined): void {
  for (const { fieldRef } of items ?? []) if (fieldRef !== undefined) fieldRef.apiVersion ??= 'v1'
}

function setRareVolumeDefaults(volume: Draft<Volume>): void {
  setVolumeSourceDefaults(volume)
  const { ephemeral } = volume
  if (ephemeral?.volumeClaimTemplate !== undefined) setClaimSpecDefaults(ephemeral.volumeClaimTemplate.spec)
}
