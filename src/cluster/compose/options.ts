import type { Pod } from '../../api/core/generated.js'
import type { Manifests } from '../../api/manifests.js'
import type { WebhookHandlers } from '../../apiserver/admission/extensions/call-webhook.js'
import type { Component } from '../../client/component.js'
import type { DeviceDriverOptions } from '../../controllers/device-driver.js'
import type { SimulatedStorageOptions } from '../../controllers/simulated-storage/context.js'
import type { ControllerClientOptions } from '../../controllers/shared/create-rate.js'
import type { IngressControllerOptions } from '../../controllers/ingress-status.js'
import type { LoadBalancerOptions } from '../../controllers/service-lb.js'
import type {
  ContainerBehavior,
  ImageDefinition,
  KubeletConfiguration,
  OnCommand,
  OnUnknownImage,
  RuntimeTimings,
} from '../../kubelet/index.js'
import type { NetworkPolicyOptions, OutsideHost, PolicyEnforcer } from '../../network/index.js'
import type { NodeAgents } from '../../client/node-agent.js'
import type { ProtobufDecoder } from '../../api/protobuf/protobuf-codec.js'
import type { KeyProvider, PkiConfig } from '../../pki/index.js'
import type { AuthenticationOptions, UserOptions } from '../access/access.js'
import type { AuthorizationMode } from '../access/authorization-modes.js'
import type { AuthorizationWebhookServer } from '../../rbac/modes/webhook.js'
import type { SchedulerOptions } from '../../scheduler/options.js'
import type { Duration } from '../../sim/duration.js'

/** A node of a cluster. All fields except the name have defaults. */
export interface NodeOptions {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  /** Taints that the node registers with. */
  readonly taints?: readonly {
    readonly key: string
    readonly value?: string
    readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
  }[]
  /** @default 4 cpu, 32Gi memory, 110 pods, 100Gi ephemeral-storage */
  readonly capacity?: Readonly<Record<string, string>>
  /** @default the cluster's version with patch 0 (`v1.35.0`) */
  readonly kubeletVersion?: string
  /**
   * Configuration of its kubelet: eviction thresholds, graceful shutdown, the maximum delay between restarts.
   */
  readonly kubelet?: KubeletConfiguration
  /** Value of the label topology.kubernetes.io/region. */
  readonly region?: string
  /** Value of the label topology.kubernetes.io/zone. */
  readonly zone?: string
  /**
   * Its address (`--node-ip`), or two of different families: `10.0.0.11,fd00::b`.
   * @default 10.0.0.<n>, starting with 11, and fd00::<n> for pods with IPv6
   */
  readonly internalIP?: string
  /**
   * Whether the Node is Ready from the start.
   * @default true; if false, it becomes Ready once it has a pod address range
   */
  readonly registerReady?: boolean
  /** Static pods by file name in /etc/kubernetes/manifests. */
  readonly staticPods?: Readonly<Record<string, Pod>>
}

/** What is installed beside the control plane. */
export interface AddonOptions {
  /**
   * A metrics-server serves metrics.k8s.io, for autoscalers and `kubectl top`.
   * @default false
   * @example { addons: { metricsServer: true } }
   */
  readonly metricsServer?: boolean
  /**
   * A load balancer provider: Services of type LoadBalancer get an address. Without it they stay pending.
   * @default false
   * @example { addons: { loadBalancer: { range: '203.0.113.0/24' } } }
   */
  readonly loadBalancer?: boolean | LoadBalancerOptions
  /**
   * An ingress controller: Ingresses of its class get an address.
   * @default false
   * @example { addons: { ingressController: { className: 'nginx' } } }
   */
  readonly ingressController?: boolean | IngressControllerOptions
  /**
   * CoreDNS as kubeadm installs it. DNS then works only while one of its pods can be reached; without it DNS
   * always responds.
   * @default false
   * @example { addons: { coreDNS: true } }
   */
  readonly coreDNS?: boolean
  /**
   * A default StorageClass `standard` that binds a claim when its first pod is scheduled.
   * @default false
   * @example { addons: { storageClass: true } }
   */
  readonly storageClass?: boolean
  /**
   * Drivers of devices for dynamic resource allocation: each publishes the devices of its nodes, with a
   * DeviceClass of its name, and prepares them for pods; drivers that are not listed are not registered.
   * @default every driver that an allocation names can prepare devices, and none publishes any
   * @example { addons: { deviceDrivers: [{ name: 'gpu.example.com', devices: [{ name: 'gpu-0' }] }] } }
   */
  readonly deviceDrivers?: readonly DeviceDriverOptions[]
  /**
   * kube-proxy as kubeadm installs it: a DaemonSet with its pods. The rules of a node then follow the
   * apiserver only while its pod runs. Without it every node has a kube-proxy that is not a pod.
   * @default false
   * @example { addons: { kubeProxy: true } }
   */
  readonly kubeProxy?: boolean
}

/** Address ranges, network policy, and what is outside of the cluster. */
export interface NetworkOptions {
  /**
   * The range of pod addresses (`--cluster-cidr`), of which each node gets a /24, or two of different
   * families: each node then also gets a /64, and pods and nodes have two addresses.
   * @default '10.244.0.0/16'
   * @example { network: { podCIDR: '10.244.0.0/16,fd00:10:244::/56' } }
   */
  readonly podCIDR?: string
  /**
   * The range of cluster IPs (`--service-cluster-ip-range`), or two of different families.
   * @default '10.96.0.0/12'
   * @example { network: { serviceCIDR: '10.96.0.0/12,fd00:10::/112' } }
   */
  readonly serviceCIDR?: string
  /**
   * What Kubernetes leaves open about NetworkPolicy (`NetpolOptions`), and what happens to established
   * connections. `disable: ['NetworkPolicy']` is a network plugin that ignores policies.
   * @default what most plugins do, and established connections stay
   * @example { network: { policy: { existingConnections: 'cut' } } }
   */
  readonly policy?: NetworkPolicyOptions
  /**
   * Decides on connections of pods instead of the policies in the cluster.
   * @default the cluster's policies
   * @example { network: { policyEnforcer: { check: () => ({ allowed: true }) } } }
   */
  readonly policyEnforcer?: PolicyEnforcer
  /**
   * Machines outside the cluster that its pods can reach, by host name.
   * @default {}
   * @example { network: { outside: { 'db.example.com': { ip: '198.51.100.7', ports: [5432] } } } }
   */
  readonly outside?: Readonly<Record<string, OutsideHost>>
}

/** Who may do what. */
export interface AccessOptions {
  /**
   * The authorizer, or a list of them that are consulted in order. `RBAC` alone is kubeadm's `Node,RBAC` with
   * the default roles. Members of `system:masters` are always allowed everything.
   * @default 'RBAC'
   * @example { access: { authorization: ['Node', 'RBAC', { type: 'Webhook', review }] } }
   */
  readonly authorization?: AuthorizationMode | readonly AuthorizationMode[]
  /**
   * Authorization webhooks in this process, by the URL (with or without its path) that the file of
   * `--authorization-webhook-config-file` names in a manifest on a host: a function, rules of which the first
   * that matches decides, or `{ error }` for calls that all fail. curl on hosts reaches them. Without it,
   * nothing listens there.
   * @default {}
   * @example { access: { authorizationWebhooks: { 'https://authz.test': () => ({ allowed: true }) } } }
   */
  readonly authorizationWebhooks?: Readonly<Record<string, AuthorizationWebhookServer>>
  /**
   * Authentication methods besides kubeadm's: a token file, OpenID Connect, a webhook, no anonymous access.
   * @default {}
   * @example { access: { authentication: { anonymous: false } } }
   */
  readonly authentication?: AuthenticationOptions
  /**
   * Encryption at rest: the text of the file of `--encryption-provider-config`, an EncryptionConfiguration
   * with identity, aescbc, aesgcm and secretbox. What etcd has from before stays until it is written again.
   * @default '', which is none
   * @example { access: { encryption: readFileSync('enc.yaml', 'utf8') } }
   */
  readonly encryption?: string
}

/** Admission plugins; `disable` switches some off. */
export interface AdmissionOptions {
  /**
   * Plugins to enable (`--enable-admission-plugins`): AlwaysPullImages,
   * OwnerReferencesPermissionEnforcement.
   * @default []
   * @example { admission: { enable: ['AlwaysPullImages'] } }
   */
  readonly enable?: readonly string[]
}

/** How containers run; `images` says what is in them. */
export interface ContainerOptions {
  /**
   * The behaviour of the containers of a pod (`namespace/pod`) or of one container
   * (`namespace/pod/container`), over that of their images.
   * @default {}
   * @example { containers: { behaviors: { 'default/web': { exitCode: 1, exitAfter: 5000 } } } }
   */
  readonly behaviors?: Readonly<Record<string, ContainerBehavior>>
  /**
   * What a container does whose image is neither well-known nor in `images`, and whose command is none of the
   * common programs: `run` until it is stopped, `error` with a message that shows how to describe the image,
   * or run but end at once in init containers and pods of Jobs. With `pullError` the image cannot be pulled,
   * whatever the command: a slip of the pen ends in ErrImagePull, as with a registry.
   * @default 'complete-in-init-and-jobs'
   * @example { containers: { unknownImages: 'error' } }
   */
  readonly unknownImages?: OnUnknownImage
  /**
   * Which commands of containers, probes and hooks run: those whose program the simulator has, or of these
   * only those that need no file and no network, such as `sh -c 'exit 1'`; all others are then taken to work.
   * @default 'run'
   * @example { containers: { commands: 'self-contained' } }
   */
  readonly commands?: OnCommand
  /**
   * Duration of image pulls and of container starts and stops, in virtual ms. A start takes up to
   * `startSpread` longer, by the address of the pod.
   * @default { sandbox: 400, imagePull: 400, imageCheck: 100, containerStart: 200, startSpread: 3,
   *   containerStop: 200 }
   * @example { containers: { timings: { imagePull: 5000 } } }
   */
  readonly timings?: Partial<RuntimeTimings>
}

/** The control plane as `kubeadm init` leaves it. */
export interface KubeadmOptions extends Partial<
  Pick<
    PkiConfig,
    | 'nodeName'
    | 'dnsDomain'
    | 'controlPlaneEndpoint'
    | 'certSANs'
    | 'clusterName'
    | 'certificateValidityPeriod'
    | 'caCertificateValidityPeriod'
  >
> {
  /**
   * Whether `kubeadm init` has run. If false, there are only machines, those of `nodes` and one named
   * `control-plane`, until it runs on one of them (`simcluster/host`).
   * @default true
   * @example { kubeadm: { init: false } }
   */
  readonly init?: boolean
  /**
   * Host and port that the apiserver advertises (`--apiserver-advertise-address`), of the family of the first
   * `network.serviceCIDR`.
   * @default '10.0.0.10:6443', or '[fd00::a]:6443'
   * @example { kubeadm: { advertiseAddress: '192.0.2.10:6443' } }
   */
  readonly advertiseAddress?: string
  /**
   * Creates the private keys of the cluster's certificates and tokens. The default is INSECURE, for
   * simulation only: test keys published with this package, the same for every cluster (`testKeys` selects
   * others of them).
   * @default test keys
   * @example { kubeadm: { keys: nodeKeys } }
   */
  readonly keys?: KeyProvider
  /**
   * Whether the processes of the control plane show who they are, as with kubeadm's flags: leases and
   * LeaderElection events of kube-controller-manager and kube-scheduler (`--leader-elect`), the identity
   * lease of the apiserver, and the ServiceAccounts of controllers (`--use-service-account-credentials`). The
   * leases are renewed every two and ten seconds, which makes idle time dear. `simcluster serve` sets it
   * where time is real.
   * @default false
   * @example { kubeadm: { processIdentities: true } }
   */
  readonly processIdentities?: boolean
}

/** Virtual time and the order of what happens at one instant. */
export interface TimeOptions {
  /**
   * The start of virtual time, in ms since the epoch.
   * @default Date.UTC(2026, 0, 1)
   * @example { time: { start: Date.UTC(2030, 0, 1) } }
   */
  readonly start?: number
  /**
   * The order in which ready handlers run: first in, first out, or chosen by the seed.
   * @default 'fifo'
   * @example { time: { interleaving: 'seeded' } }
   */
  readonly interleaving?: 'fifo' | 'seeded'
  /**
   * How watch events arrive: all that wait in one step, or one in each step.
   * @default 'batch'
   * @example { time: { events: 'one' } }
   */
  readonly events?: 'batch' | 'one'
  /**
   * `exact`: every heartbeat is a step of its own. `quiet`: heartbeats of an idle cluster are summed up, with
   * the same result.
   * @default 'quiet'
   * @example { time: { heartbeats: 'exact' } }
   */
  readonly heartbeats?: 'exact' | 'quiet'
}

/** When to give up, and how fast controllers may be. */
export interface LimitOptions {
  /**
   * The number of handler calls in one `settle()`, or in one virtual hour of `advance()` and `until()`, after
   * which they throw a LivelockError.
   * @default 5_000_000
   * @example { limits: { steps: 100_000 } }
   */
  readonly steps?: number
  /**
   * The number of handler calls at one instant after which they throw it, too.
   * @default 500_000
   * @example { limits: { stepsAtOneInstant: 10_000 } }
   */
  readonly stepsAtOneInstant?: number
  /**
   * The virtual time after which `settle()` gives up waiting.
   * @default '24h'
   * @example { limits: { settleTime: '1h' } }
   */
  readonly settleTime?: Duration
  /**
   * How fast each controller that creates pods does so: `burst` at one instant, then `qps` a second. Pods
   * that fail as fast as they are created therefore take time.
   * @default { burst: 500, qps: 20 }
   * @example { limits: { podCreation: { qps: 5 } } }
   */
  readonly podCreation?: ControllerClientOptions
}

/** Parts of the simulator that a program supplies itself. */
export interface ExtensionOptions {
  /**
   * Serves logs, exec, attach and port-forward instead of the nodes' kubelets.
   * @default the simulated kubelets
   * @example { extensions: { nodeAgents: { agentOf: () => undefined } } }
   */
  readonly nodeAgents?: NodeAgents
  /**
   * Decodes objects that other clients of etcd have written as protobuf.
   * @default a decoder for all built-in kinds
   * @example { extensions: { storedProtobuf: { decode: (bytes, fallback) => decoded(bytes) } } }
   */
  readonly storedProtobuf?: ProtobufDecoder
}

/**
 * Options of a cluster: those that most programs use first, then groups. `seed` determines all random draws
 * once the cluster is ready; until then, clusters are the same for every seed.
 */
export interface ClusterOptions {
  /**
   * The kind of cluster to begin with; the other options override what it says. `kind`: a default
   * StorageClass, metrics and a load balancer. `kubeadm`: besides the nodes, a tainted control-plane node
   * with the mirror pods of the control plane, kube-proxy and CoreDNS.
   * @default a control plane and bare nodes
   * @example { like: 'kind' }
   */
  readonly like?: 'kind' | 'kubeadm'
  /**
   * The Kubernetes minor version to behave and print like.
   * @default 'v1.35'
   * @example { version: 'v1.34' }
   */
  readonly version?: string
  /**
   * The number of nodes (`node-1`, `node-2`, ...), or the nodes themselves.
   * @default 3
   * @example { nodes: [{ name: 'a', zone: 'z1' }, { name: 'b', zone: 'z2' }] }
   */
  readonly nodes?: number | readonly NodeOptions[]
  /**
   * The seed of all random draws.
   * @default 1
   * @example { seed: 7 }
   */
  readonly seed?: number
  /**
   * Objects that are there before the custom components start, such as their CustomResourceDefinitions: YAML
   * or JSON text, or objects, which are applied and settled.
   * @default []
   * @example { manifests: readFileSync('crds.yaml', 'utf8') }
   */
  readonly manifests?: Manifests
  /**
   * The behaviour of containers by image: simple behaviours, or images created with `defineImage`. A name
   * without a tag holds for all tags that have no entry of their own; `{}` describes an image that runs
   * until it is stopped and listens on the ports that its container declares. A simple behaviour is added to
   * what is known of a well-known image, a definition replaces it. Image handlers are code, so a cluster
   * from JSON needs them again. Well-known images are simulated without it; containers of others run until
   * they are stopped.
   * @default {}
   * @example { images: { 'registry.example.com/app:1': { exitCode: 1 } } }
   */
  readonly images?: Readonly<Record<string, ContainerBehavior | ImageDefinition>>
  /**
   * Custom components, such as controllers, started after the built-in ones.
   * @default []
   * @example { components: [defineController(...)] }
   */
  readonly components?: readonly Component[]
  /**
   * Users with fixed tokens.
   * @default []
   * @example { users: [{ name: 'jane', token: 'secret', groups: ['dev'] }] }
   */
  readonly users?: readonly UserOptions[]
  /**
   * Admission and conversion webhooks in this process, by URL (`https://example.com/validate`, or without the
   * path) or by Service (`namespace/name`); `admissionWebhook` types them. They must be synchronous and
   * deterministic. Without it, calls to webhooks fail as if nothing listened.
   * @default {}
   * @example { webhooks: { 'default/guard': admissionWebhook(() => ({ allowed: true })) } }
   */
  readonly webhooks?: WebhookHandlers
  /**
   * What is switched off: components (`kube-controller-manager/job-controller`), whole processes
   * (`kube-scheduler`), API versions (`batch/v1`), admission plugins (`NodeRestriction`), `events`,
   * `managedFields` (writes are cheaper, and server-side apply is not available) and `NetworkPolicy` (a
   * network plugin that ignores policies).
   * @default []
   * @example { disable: ['kube-scheduler', 'batch/v1', 'events'] }
   */
  readonly disable?: readonly string[]
  readonly addons?: AddonOptions
  readonly network?: NetworkOptions
  readonly access?: AccessOptions
  readonly admission?: AdmissionOptions
  readonly containers?: ContainerOptions
  /**
   * Which volume provisioners run, and how long they take.
   * @default any provisioner that a StorageClass names
   * @example { storage: { provisioners: ['rancher.io/local-path'] } }
   */
  readonly storage?: Omit<SimulatedStorageOptions, 'onDelete'>
  /**
   * Profiles, plugins and weights of the scheduler.
   * @default kube-scheduler's
   * @example { scheduler: { configuration: { profiles: [{ schedulerName: 'packed' }] } } }
   */
  readonly scheduler?: SchedulerOptions
  readonly kubeadm?: KubeadmOptions
  readonly time?: TimeOptions
  readonly limits?: LimitOptions
  readonly extensions?: ExtensionOptions
}

/** What options are that are not given. */
export const DEFAULTS = {
  version: 'v1.35',
  podCIDR: '10.244.0.0/16',
  serviceCIDR: '10.96.0.0/12',
  /** Name of the control plane's machine. */
  controlPlane: 'control-plane',
} as const

/** Returns the nodes that the options describe. */
export function nodesOf(options: ClusterOptions): readonly NodeOptions[] {
  const { nodes = 3 } = options
  if (typeof nodes !== 'number') return nodes
  return Array.from({ length: nodes }, (_, at) => ({ name: `node-${at + 1}` }))
}

/**
 * The options that may differ between a copy and its original; of a group, what is not given stays. With a
 * `seed` all random draws of the copy begin anew from it, and the trace records it.
 */
export interface RestoreOptions extends Pick<
  ClusterOptions,
  'version' | 'seed' | 'components' | 'scheduler' | 'webhooks' | 'images' | 'access' | 'extensions'
> {
  readonly network?: Pick<NetworkOptions, 'policyEnforcer'>
  readonly kubeadm?: Pick<KubeadmOptions, 'keys'>
  readonly time?: Pick<TimeOptions, 'interleaving' | 'events' | 'heartbeats'>
}
