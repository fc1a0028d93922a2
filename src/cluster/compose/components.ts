import type { APIService } from '../../api/apiregistration/generated.js'
import type { PersistentVolume } from '../../api/core/generated.js'
import { InputError } from '../../lang/input-error.js'
import type { Scheme } from '../../api/scheme.js'
import type { Component } from '../../client/component.js'
import { createApiServiceAvailability } from '../../controllers/api-service-availability.js'
import { createCrdFinalizer } from '../../controllers/custom-resource-definition/finalizer.js'
import { createCrdNamingController } from '../../controllers/custom-resource-definition/naming.js'
import { createCrdRegistration } from '../../controllers/custom-resource-definition/registration.js'
import { createAttachDetachController } from '../../controllers/attach-detach/controller.js'
import { createBootstrapSigner, createTokenCleaner } from '../../controllers/bootstrap.js'
import { createCsrApprovingController } from '../../controllers/certificates/approver.js'
import { createCsrCleaner } from '../../controllers/certificates/cleaner.js'
import { createCsrSigningController } from '../../controllers/certificates/signer.js'
import { createClusterRoleAggregationController } from '../../controllers/clusterrole-aggregation.js'
import { createCronJobController } from '../../controllers/cronjob/controller.js'
import { createDaemonSetController } from '../../controllers/daemonset/controller.js'
import { createDeploymentController } from '../../controllers/deployment/controller.js'
import { createIdentityLease, createLeaderElection } from '../../controllers/control-plane-leases.js'
import { createDeviceDriver, type DeviceDriverOptions } from '../../controllers/device-driver.js'
import { createDeviceTaintEvictionController } from '../../controllers/device-taint-eviction.js'
import { createDisruptionController } from '../../controllers/disruption/controller.js'
import type { ScalableResource } from '../../controllers/disruption/expected-pods.js'
import { createEndpointsController } from '../../controllers/endpoints.js'
import { createEndpointSliceController } from '../../controllers/endpointslice/controller.js'
import { createEndpointSliceMirroringController } from '../../controllers/endpointslice-mirroring.js'
import { createEphemeralVolumeController } from '../../controllers/ephemeral-volume.js'
import { createFlowControlController } from '../../controllers/flow-control/controller.js'
import { createGarbageCollector } from '../../controllers/garbage-collector/controller.js'
import { createHorizontalPodAutoscaler } from '../../controllers/horizontal-pod-autoscaler/controller.js'
import type { MetricsSource } from '../../controllers/horizontal-pod-autoscaler/metrics-source.js'
import { createIngressStatusController } from '../../controllers/ingress-status.js'
import { createJobController } from '../../controllers/job/controller.js'
import type { OtherContentClient } from '../../controllers/namespace/content.js'
import { createNamespaceController } from '../../controllers/namespace/controller.js'
import { createNodeIpamController } from '../../controllers/node-ipam.js'
import { createNodeLifecycleController } from '../../controllers/node-lifecycle/controller.js'
import { createPodGcController } from '../../controllers/pod-gc.js'
import { createPvProtectionController } from '../../controllers/pv-protection.js'
import { createPvcProtectionController } from '../../controllers/pvc-protection.js'
import { createReplicaSetController } from '../../controllers/replicaset/controller.js'
import { createReplicationController } from '../../controllers/replicationcontroller.js'
import { createResourceClaimController } from '../../controllers/resource-claim.js'
import { createResourceQuotaController } from '../../controllers/resource-quota.js'
import { createRootCaPublisher } from '../../controllers/serviceaccount/root-ca.js'
import { createServiceAccountController } from '../../controllers/serviceaccount/service-accounts.js'
import { createTokensController } from '../../controllers/serviceaccount/tokens.js'
import { createSimulatedStorage } from '../../controllers/simulated-storage/controller.js'
import { createServiceCidrsController } from '../../controllers/service-cidrs.js'
import { createServiceLoadBalancerController } from '../../controllers/service-lb.js'
import { createStatefulSetController } from '../../controllers/statefulset/controller.js'
import { createPolicyStatusController } from '../../controllers/validating-admission-policy-status.js'
import { createTaintEvictionController } from '../../controllers/taint-eviction.js'
import { createVacProtectionController } from '../../controllers/vac-protection.js'
import { createVolumeExpandController } from '../../controllers/volume-expand.js'
import { createVolumeBinder } from '../../controllers/volume-binder/controller.js'
import { createTtlController } from '../../controllers/ttl.js'
import { createTtlAfterFinishedController } from '../../controllers/ttl-after-finished.js'
import { detachedSignature, parseCertificates, PKI_DIR, signRequest, type Pki } from '../../pki/index.js'
import { createScheduler } from '../../scheduler/scheduler.js'
import type { UserInfo } from '../../client/client.js'
import { disabledOf, unknownName } from './disabled.js'
import { type ClusterOptions, DEFAULTS } from './options.js'
import type { ComponentHealth } from '../../apiserver/server-dependencies.js'

/** The API servers behind APIServices. */
export interface OtherServers {
  /** Returns the group versions of those that cannot be reached. */
  readonly unavailable: () => readonly string[]
  /** See `ApiServiceAvailabilityOptions`. */
  readonly check: (apiService: APIService) => string | number | undefined
  /** Returns a client of what they serve now. */
  readonly client: (user: UserInfo) => OtherContentClient
}

/**
 * Returns the control plane's components that the options select, in start order. `discard` deletes the
 * content of a volume.
 */
export function componentsOf(
  options: ClusterOptions,
  scheme: Scheme,
  pki: Pki,
  discard: (volume: PersistentVolume) => void,
  metrics: MetricsSource,
  others: OtherServers,
): readonly Component[] {
  const resources = (): readonly ScalableResource[] => servedBy(scheme)
  const { addons = {}, limits = {}, network = {} } = options
  const { loadBalancer, ingressController } = addons
  const { podCreation } = limits
  const all: Component[] = [
    ...(scheme.byName('customresourcedefinitions') === undefined ? [] : crdControllers()),
    ...(scheme.byName('endpointslices') === undefined
      ? []
      : [createApiServiceAvailability({ check: others.check })]),
    ...flowControl(scheme),
    createNodeIpamController(network.podCIDR === undefined ? {} : { clusterCIDR: network.podCIDR }),
    createNodeLifecycleController(),
    createTaintEvictionController(),
    createPodGcController(),
    createServiceAccountController(),
    ...securityControllers(pki),
    createNamespaceController({ resources, others }),
    createClusterRoleAggregationController(),
    ...(scheme.byName('validatingadmissionpolicies') === undefined
      ? []
      : [createPolicyStatusController({ scheme })]),
    createResourceQuotaController({ resources }),
    createGarbageCollector({ resources }),
    createDeploymentController(),
    createReplicaSetController(podCreation),
    createReplicationController(podCreation),
    createDaemonSetController(podCreation),
    createStatefulSetController(podCreation),
    createJobController(podCreation),
    ...(scheme.byName('cronjobs') === undefined ? [] : [createCronJobController()]),
    createTtlAfterFinishedController(),
    createTtlController(),
    ...(scheme.byKind('autoscaling', 'v2', 'HorizontalPodAutoscaler') === undefined
      ? []
      : [createHorizontalPodAutoscaler({ resources, metrics })]),
    createDisruptionController({ resources }),
    ...volumeControllers(options, scheme, discard),
    ...(scheme.byName('resourceclaims') === undefined ? [] : [createResourceClaimController()]),
    ...(scheme.release.has('deviceTaints') ? [createDeviceTaintEvictionController()] : []),
    ...(scheme.release.has('serviceCidrs') ? [createServiceCidrsController()] : []),
    createEndpointsController(),
    ...(scheme.byName('endpointslices') === undefined
      ? []
      : [createEndpointSliceController(), createEndpointSliceMirroringController()]),
    ...(loadBalancer ? [createServiceLoadBalancerController(loadBalancer === true ? {} : loadBalancer)] : []),
    ...(ingressController
      ? [createIngressStatusController(ingressController === true ? {} : ingressController)]
      : []),
    ...deviceDrivers(addons.deviceDrivers, scheme),
    createScheduler(options.scheduler),
    ...processLeases(options),
    ...(options.components ?? []),
  ]
  return withoutNamed(all, disabledOf(options.disable).components)
}

/** Returns what holds the leases of the control plane's processes. */
function processLeases({
  kubeadm: { processIdentities, nodeName } = {},
}: ClusterOptions): readonly Component[] {
  if (processIdentities !== true) return []
  const hostname = nodeName ?? DEFAULTS.controlPlane
  const election = (process: string, source: string): Component => {
    const identity = { name: `system:${process}`, groups: ['system:authenticated'] }
    return createLeaderElection({ process, identity, source, hostname })
  }
  return [
    createIdentityLease(hostname),
    election('kube-controller-manager', 'kube-controller-manager'),
    election('kube-scheduler', 'default-scheduler'),
  ]
}

function withoutNamed(all: readonly Component[], without: readonly string[]): readonly Component[] {
  if (without.length === 0) return all
  const names = new Set(without)
  const unknown = new Set(without)
  const kept = all.filter(({ name }) => {
    const left = withProcesses(name).filter((one) => names.has(one))
    for (const one of left) unknown.delete(one)
    return left.length === 0
  })
  const [stranger] = unknown
  if (stranger !== undefined) throw unknownName(stranger, processesAnd(all.map(({ name }) => name)))
  return kept
}

/** Returns the names of components with those of their processes, each once. */
export function processesAnd(names: readonly string[]): readonly string[] {
  return [...new Set(names.flatMap((name) => [...withProcesses(name)].reverse()))]
}

/** Returns a component's name and the names of the processes that it is part of. */
function withProcesses(name: string): readonly string[] {
  const names = [name]
  for (let slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1))
    names.push(name.slice(0, slash))
  return names
}

/** Returns the controllers that provision volumes for claims. */
function volumeControllers(
  { storage }: ClusterOptions,
  scheme: Scheme,
  discard: (volume: PersistentVolume) => void,
): readonly Component[] {
  return [
    createVolumeBinder(),
    createPvcProtectionController(),
    createPvProtectionController(),
    ...(scheme.byName('volumeattributesclasses') === undefined ? [] : [createVacProtectionController()]),
    createEphemeralVolumeController(),
    createVolumeExpandController(),
    createAttachDetachController(),
    createSimulatedStorage({ ...storage, onDelete: discard }),
  ]
}

/** Returns the controllers that issue certificates and tokens; nothing is signed until it is requested. */
function securityControllers(pki: Pki): readonly Component[] {
  const rootCA = (): string => pki.read(`${PKI_DIR}/ca.crt`)
  return [
    createRootCaPublisher({ rootCA }),
    createTokensController({ rootCA, signToken: (claims) => pki.tokens.signToken(claims) }),
    createCsrApprovingController(),
    createCsrSigningController({ sign: (order) => signRequest(pki, order) }),
    createCsrCleaner({ notAfter: (pem) => parseCertificates(pem)[0]?.notAfter ?? Infinity }),
    createBootstrapSigner({ sign: detachedSignature }),
    createTokenCleaner(),
  ]
}

/** @throws InputError if the release has no claims of devices */
function deviceDrivers(drivers: readonly DeviceDriverOptions[] = [], scheme: Scheme): readonly Component[] {
  if (drivers.length > 0 && scheme.byName('resourceslices') === undefined)
    throw new InputError(
      `new SimCluster(): addons.deviceDrivers: ${scheme.release.gitVersion} does not serve ` +
        'resource.k8s.io/v1; use v1.34 or newer',
    )
  return drivers.map(createDeviceDriver)
}

/** Returns the controllers for CRDs inside the apiserver. */
function crdControllers(): readonly Component[] {
  return [createCrdNamingController(), createCrdFinalizer(), createCrdRegistration()]
}

/** Returns the controller of priority and fairness inside the apiserver, in releases with its kinds. */
function flowControl(scheme: Scheme): readonly Component[] {
  const served = scheme.byName('flowschemas')
  return served === undefined
    ? []
    : [createFlowControlController({ apiVersion: `${served.group}/${served.version}` })]
}

/** Returns the resources served now; custom ones by their full, unambiguous names. */
function servedBy(scheme: Scheme): readonly ScalableResource[] {
  return scheme
    .definitions()
    .map((definition) =>
      definition.custom === undefined
        ? definition
        : { ...definition, resource: `${definition.resource}.${definition.group}` },
    )
}

/**
 * Returns whether a component has that name, or is part of the process with that name
 * (`kube-controller-manager/...`).
 */
export function belongsTo(component: string, name: string): boolean {
  return withProcesses(component).includes(name)
}

/** Name in ComponentStatus, process, and port of its health endpoint. */
const probed = [
  { name: 'scheduler', process: 'kube-scheduler', port: 10259 },
  { name: 'controller-manager', process: 'kube-controller-manager', port: 10257 },
] as const

/**
 * Returns the health of the control plane's processes, given the names of the running components. A process
 * is healthy while any part of it runs.
 */
export function componentHealth(running: readonly string[]): readonly ComponentHealth[] {
  const asked = probed.map(({ name, process, port }): ComponentHealth => {
    const healthy = running.some((component) => belongsTo(component, process))
    const address = `127.0.0.1:${port}`
    return {
      name,
      healthy,
      message: healthy
        ? 'ok'
        : `Get "https://${address}/healthz": dial tcp ${address}: connect: connection refused`,
    }
  })
  return [...asked, { name: 'etcd-0', healthy: true, message: 'ok' }]
}
