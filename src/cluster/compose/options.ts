import type { Pod } from '../../api/core/generated.js'
import type { Manifests } from '../../api/manifests.js'
import type { AdmissionChoice } from '../../apiserver/admission/default-plugins.js'
import type { WebhookHandlers } from '../../apiserver/admission/extensions/call-webhook.js'
import type { Component } from '../../client/component.js'
import type { SimulatedStorageOptions } from '../../controllers/simulated-storage/context.js'
import type { ControllerClientOptions } from '../../controllers/shared/create-rate.js'
import type { IngressControllerOptions } from '../../controllers/ingress-status.js'
import type { LoadBalancerOptions } from '../../controllers/service-lb.js'
import type {
  ContainerBehavior,
  ImageDefinition,
  KubeletConfiguration,
  OnUnknownImage,
  RuntimeTimings,
} from '../../kubelet/index.js'
import type { NetworkPolicyOptions, OutsideHost, PolicyEnforcer } from '../../network/index.js'
import type { NodeAgents } from '../../client/node-agent.js'
import type { ProtobufDecoder } from '../../api/protobuf/protobuf-decoder.js'
import type { KeyProvider, PkiConfig } from '../../pki/index.js'
import type { AuthenticationOptions, UserOptions } from '../access/access.js'
import type { AuthorizationMode } from '../access/authorization-modes.js'
import type { SchedulerOptions } from '../../scheduler/options.js'
import type { SimulationOptions } from '../../sim/simulation.js'

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
  /** Default: 4 cpu, 32Gi memory, 110 pods, 100Gi ephemeral-storage. */
  readonly capacity?: Readonly<Record<string, string>>
  /** Default: the cluster's version with patch 0 (`v1.35.0`). */
  readonly kubeletVersion?: string
  /**
   * Configuration of its kubelet: eviction thresholds, graceful shutdown, the maximum delay between restarts.
   */
  readonly kubelet?: KubeletConfiguration
  /** Value of the label topology.kubernetes.io/region. */
  readonly region?: string
  /** Value of the label topology.kubernetes.io/zone. */
  readonly zone?: string
  /** Default: 10.0.0.<n>, starting with 11. */
  readonly internalIP?: string
  /**
   * Whether the Node is Ready from the start. Default true; if false, it becomes Ready once it has a pod
   * address range.
   */
  readonly registerReady?: boolean
  /** Static pods by file name in /etc/kubernetes/manifests. */
  readonly staticPods?: Readonly<Record<string, Pod>>
}

/** The part of kubeadm's configuration that its files depend on. */
export type KubeadmOptions = Partial<
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
>

/**
 * Options of a cluster. `seed` determines all random draws once the cluster is ready; until then, clusters
 * are the same for every seed.
 */
export interface ClusterOptions extends SimulationOptions {
  /** The Kubernetes minor version (`v1.35`) to behave and print like. Default `v1.35`. */
  readonly version?: string
  /** The number of nodes (`node-1`, `node-2`, ...), or the nodes themselves. Default 3. */
  readonly nodes?: number | readonly NodeOptions[]
  /** Whether components write Event objects. Default true. */
  readonly events?: boolean
  /**
   * The authorizer, or a list of them (`['Node', 'RBAC', { type: 'Webhook', review }]`). Default `RBAC`:
   * kubeadm's `Node,RBAC`, with the default roles of a real cluster. Members of `system:masters` are always
   * allowed everything.
   */
  readonly authorization?: AuthorizationMode | readonly AuthorizationMode[]
  /**
   * Admission and conversion webhooks in this process, by URL (`https://example.com/validate`, or without the
   * path) or by Service (`namespace/name`); `admissionWebhook` types them. They must be synchronous and
   * deterministic. Default none: calls to webhooks fail as if nothing listened.
   */
  readonly webhooks?: WebhookHandlers
  /**
   * Admission plugins to enable (`AlwaysPullImages`, `OwnerReferencesPermissionEnforcement`) or disable
   * (`NodeRestriction`) by name, as with `--enable-admission-plugins` and `--disable-admission-plugins`.
   * Default: those of kubeadm.
   */
  readonly admissionPlugins?: AdmissionChoice
  /**
   * Built-in API versions that are not served, as `--runtime-config` switches them off: `batch/v1`. Default
   * none.
   */
  readonly disabledAPIs?: readonly string[]
  /**
   * Additional authentication methods: a token file, OpenID Connect, a webhook, anonymous access. Default:
   * kubeadm's.
   */
  readonly authentication?: AuthenticationOptions
  /** Users with fixed tokens. Default none. */
  readonly users?: readonly UserOptions[]
  /**
   * Components to leave out, by name or by the name of their process (`kube-scheduler`,
   * `kube-controller-manager`).
   */
  readonly without?: readonly string[]
  /**
   * Objects that are there before the custom components start, such as their CustomResourceDefinitions: YAML
   * or JSON text, or objects, which are applied and settled. Default none.
   */
  readonly manifests?: Manifests
  /** Custom components, started after the built-in ones. */
  readonly components?: readonly Component[]
  /**
   * How fast each controller that creates pods does so: `burst` at one instant, default 500, then `qps`
   * a second, default 20. Pods that fail as fast as they are created therefore take time.
   */
  readonly controllerClient?: ControllerClientOptions
  /** Profiles, plugins and weights of the scheduler. */
  readonly scheduler?: SchedulerOptions
  /**
   * The behaviour of containers by image, by pod (`namespace/pod`) or by container
   * (`namespace/pod/container`): simple behaviours, or images created with `defineImage`. Image handlers are
   * code, so a cluster from JSON needs them again. Default: containers run until stopped, and well-known
   * images are simulated.
   */
  readonly images?: Readonly<Record<string, ContainerBehavior | ImageDefinition>>
  /**
   * What a container does whose image is neither well-known nor in `images`, and whose command is none of
   * the common programs: `run` until it is stopped, `error` with a message that shows how to describe the
   * image, or run but end at once in init containers and pods of Jobs. Default `complete-in-init-and-jobs`.
   */
  readonly onUnknownImage?: OnUnknownImage
  /** Which volume provisioners run, and how long they take. Default: any that a StorageClass names. */
  readonly storage?: Omit<SimulatedStorageOptions, 'onDelete'>
  /** Duration of image pulls and of container starts and stops, in virtual ms. */
  readonly runtimeTimings?: Partial<RuntimeTimings>
  /**
   * Creates the private keys of the cluster's certificates and tokens. Default: test keys published with this
   * package, the same for every cluster (`testKeys` selects others of them). INSECURE: for simulation only.
   */
  readonly keys?: KeyProvider
  /**
   * Serves logs, exec, attach and port-forward instead of the nodes' kubelets. Default: the simulated
   * kubelets.
   */
  readonly nodeAgents?: NodeAgents
  /**
   * Decodes objects that other clients of etcd have written as protobuf. Default: a decoder for all built-in
   * kinds.
   */
  readonly storedProtobuf?: ProtobufDecoder
  /**
   * Whether there is a control plane. If false, there are only machines, those of `nodes` and one named
   * `control-plane`, until `kubeadm init` runs on one of them (`simcluster/host`). Default true.
   */
  readonly initialized?: boolean
  /**
   * What the names in certificates and kubeconfig files depend on. Default: kubeadm's defaults, on a machine
   * `control-plane`.
   */
  readonly kubeadm?: KubeadmOptions
  /**
   * Host and port that the apiserver advertises (--apiserver-advertise-address). Default `10.0.0.10:6443`.
   */
  readonly advertiseAddress?: string
  /**
   * The range of cluster IPs (--service-cluster-ip-range), or two of different families:
   * `10.96.0.0/12,fd00:10::/112`. Default `10.96.0.0/12`.
   */
  readonly serviceCIDR?: string
  /**
   * Whether objects have managedFields, which server-side apply needs. Writes are cheaper without them.
   * Default true.
   */
  readonly managedFields?: boolean
  /**
   * How the network plugin enforces NetworkPolicy, and the kinds of policy.networking.k8s.io once their
   * CustomResourceDefinitions are installed: what Kubernetes leaves open (`NetpolOptions`), and what happens
   * to established connections. False: not at all, as some plugins. Default true.
   */
  readonly networkPolicy?: boolean | NetworkPolicyOptions
  /** Decides on connections of pods instead of the policies in the cluster. */
  readonly policyEnforcer?: PolicyEnforcer
  /**
   * Whether a metrics-server serves metrics.k8s.io, for autoscalers and `kubectl top`. Default false, as in a
   * new kubeadm cluster.
   */
  readonly metricsServer?: boolean
  /**
   * A simulated load balancer provider: Services of type LoadBalancer get an address. Default false: they
   * stay pending.
   */
  readonly loadBalancer?: boolean | LoadBalancerOptions
  /** A simulated ingress controller: Ingresses of its class get an address. Default false. */
  readonly ingressController?: boolean | IngressControllerOptions
  /**
   * Whether to install CoreDNS as kubeadm does. DNS then works only while one of its pods can be reached.
   * Default false: DNS always responds.
   */
  readonly coreDNS?: boolean
  /** Machines outside the cluster that its pods can reach, by host name. Default none. */
  readonly outside?: Readonly<Record<string, OutsideHost>>
  /** The range of pod addresses, of which each node gets a /24. Default `10.244.0.0/16`. */
  readonly clusterCIDR?: string
}

/** Returns the nodes that the options describe. */
export function nodesOf(options: ClusterOptions): readonly NodeOptions[] {
  const { nodes = 3 } = options
  if (typeof nodes !== 'number') return nodes
  return Array.from({ length: nodes }, (_, at) => ({ name: `node-${at + 1}` }))
}

/**
 * The options that may differ between a copy and its original. With a `seed` all random draws of the copy
 * begin anew from it, and the trace records it.
 */
export type RestoreOptions = Pick<
  ClusterOptions,
  | 'seed'
  | 'policyEnforcer'
  | 'components'
  | 'scheduler'
  | 'keys'
  | 'nodeAgents'
  | 'webhooks'
  | 'storedProtobuf'
  | 'images'
  | 'authorization'
  | 'authentication'
  | 'interleaving'
  | 'heartbeats'
>
