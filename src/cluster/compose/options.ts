import type { Pod } from '../../api/core/generated.js'
import type { AdmissionChoice } from '../../apiserver/admission/default-plugins.js'
import type { WebhookHandlers } from '../../apiserver/admission/extensions/call-webhook.js'
import type { Component } from '../../client/component.js'
import type { SimulatedStorageOptions } from '../../controllers/simulated-storage/index.js'
import type { IngressControllerOptions } from '../../controllers/ingress-status/index.js'
import type { LoadBalancerOptions } from '../../controllers/service-lb/index.js'
import type {
  ContainerBehavior,
  ImageDefinition,
  KubeletConfiguration,
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

/** One node of a cluster. All fields but the name have defaults. */
export interface NodeOptions {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  /** Taints that the node registers with. */
  readonly taints?: readonly {
    readonly key: string
    readonly value?: string
    readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
  }[]
  /** Default: 4 cpu, 16Gi memory, 110 pods, 100Gi ephemeral-storage. */
  readonly capacity?: Readonly<Record<string, string>>
  /** Default: the cluster's version with patch 0 (`v1.35.0`). */
  readonly kubeletVersion?: string
  /**
   * Configuration of its kubelet: eviction thresholds, graceful shutdown, the longest delay between restarts.
   */
  readonly kubelet?: KubeletConfiguration
  /** Value of the label topology.kubernetes.io/region. */
  readonly region?: string
  /** Value of the label topology.kubernetes.io/zone. */
  readonly zone?: string
  /** Default: 10.0.0.<n>, from 11 on. */
  readonly internalIP?: string
  /**
   * The Node is Ready from the first. Default true; false: it becomes Ready once it has a range of addresses
   * for its pods.
   */
  readonly registerReady?: boolean
  /** Static pods by file name, as they lie in /etc/kubernetes/manifests. */
  readonly staticPods?: Readonly<Record<string, Pod>>
}

/** The part of kubeadm's configuration that its files depend on. */
export type KubeadmOptions = Partial<
  Pick<PkiConfig, 'nodeName' | 'dnsDomain' | 'controlPlaneEndpoint' | 'certSANs' | 'clusterName'>
>

/**
 * How a cluster is made. `seed` decides all draws from when the cluster is ready: until then clusters of all
 * seeds are the same.
 */
export interface ClusterOptions extends SimulationOptions {
  /** Kubernetes minor (`v1.35`) that the control plane behaves and prints as. Default `v1.35`. */
  readonly version?: string
  /** How many nodes (`node-1`, `node-2`, ...), or the nodes themselves. Default 3. */
  readonly nodes?: number | readonly NodeOptions[]
  /** Whether components write Event objects. Default true. */
  readonly events?: boolean
  /**
   * Who may do what: one authorizer or a list (`['Node', 'RBAC', { type: 'Webhook', review }]`). Default
   * `RBAC`: kubeadm's `Node,RBAC`, with the default roles of a real cluster. Members of `system:masters` may
   * everything in any case.
   */
  readonly authorization?: AuthorizationMode | readonly AuthorizationMode[]
  /**
   * Admission and conversion webhooks in this process, by URL (`https://example.com/validate`, or without the
   * path) or by Service (`namespace/name`). They answer synchronously and must be deterministic. Default
   * none: calls to webhooks fail as when nobody listens.
   */
  readonly webhooks?: WebhookHandlers
  /**
   * Admission plugins that are turned on (`AlwaysPullImages`, `OwnerReferencesPermissionEnforcement`) or off
   * (`NodeRestriction`) by name, as `--enable-admission-plugins` and `--disable-admission-plugins` do.
   * Default: those of kubeadm.
   */
  readonly admissionPlugins?: AdmissionChoice
  /**
   * Further ways to prove who one is: a token file, OpenID Connect, a webhook; whether one may be anonymous.
   * Default: kubeadm's.
   */
  readonly authentication?: AuthenticationOptions
  /** Users with fixed tokens. Default none. */
  readonly users?: readonly UserOptions[]
  /**
   * Components that are left out, by name or by the name of their process (`kube-scheduler`,
   * `kube-controller-manager`).
   */
  readonly without?: readonly string[]
  /** Components of your own, started after the built-in ones. */
  readonly components?: readonly Component[]
  /** Profiles, plugins and weights of the scheduler. */
  readonly scheduler?: SchedulerOptions
  /**
   * What containers do, by image, by pod (`namespace/pod`) or by container (`namespace/pod/container`):
   * simple behaviours, or images made with `defineImage`. Handlers of images are code: a cluster from JSON
   * needs them again. Default: they run on, and well-known images are known.
   */
  readonly images?: Readonly<Record<string, ContainerBehavior | ImageDefinition>>
  /** Which provisioners of volumes run, and how long they take. Default: whichever a StorageClass names. */
  readonly storage?: Omit<SimulatedStorageOptions, 'onDelete'>
  /** How long pulls, starts and stops of containers take, in virtual ms. */
  readonly runtimeTimings?: Partial<RuntimeTimings>
  /**
   * Makes the private keys of the cluster's certificates and tokens. Default: test keys that are published
   * with this package, the same for every cluster (`testKeys` chooses others of them). INSECURE: good for
   * simulation only.
   */
  readonly keys?: KeyProvider
  /**
   * Answers in the place of the nodes' kubelets for logs, exec, attach and port-forward. Default: the
   * simulated kubelets.
   */
  readonly nodeAgents?: NodeAgents
  /**
   * Reads objects that other clients of etcd have written there as protobuf. Default: those of all built-in
   * kinds are read.
   */
  readonly storedProtobuf?: ProtobufDecoder
  /**
   * Whether there is a control plane. False: there are only machines, those of `nodes` and one that is called
   * `control-plane`, until somebody runs `kubeadm init` on one of them (`simcluster/host`). Default true.
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
   * Where cluster IPs come from (--service-cluster-ip-range), one range or two of different families:
   * `10.96.0.0/12,fd00:10::/112`. Default `10.96.0.0/12`.
   */
  readonly serviceCIDR?: string
  /**
   * Whether objects say who owns which of their fields; server-side apply needs it. Without it writes are
   * cheaper. Default true.
   */
  readonly managedFields?: boolean
  /**
   * How the network plugin enforces NetworkPolicy, and the kinds of policy.networking.k8s.io once their
   * CustomResourceDefinitions are installed: what Kubernetes leaves open (`NetpolOptions`), and what becomes
   * of connections that exist. False: it does not, as some plugins. Default true.
   */
  readonly networkPolicy?: boolean | NetworkPolicyOptions
  /** Decides on connections of pods, in the place of the policies in the cluster. */
  readonly policyEnforcer?: PolicyEnforcer
  /**
   * Whether a metrics-server serves metrics.k8s.io, for autoscalers and `kubectl top`. Default false, as in a
   * new cluster of kubeadm's.
   */
  readonly metricsServer?: boolean
  /**
   * A simulated provider of load balancers: Services of type LoadBalancer get an address. Default false: they
   * stay pending.
   */
  readonly loadBalancer?: boolean | LoadBalancerOptions
  /** A simulated ingress controller: Ingresses of its class get an address. Default false. */
  readonly ingressController?: boolean | IngressControllerOptions
  /**
   * Installs CoreDNS as kubeadm does: DNS then works only while one of its pods can be reached. Default
   * false: DNS always answers.
   */
  readonly coreDNS?: boolean
  /** Machines outside of the cluster that its pods can reach, by host name. Default none. */
  readonly outside?: Readonly<Record<string, OutsideHost>>
  /** Addresses of pods; each node gets a /24. Default `10.244.0.0/16`. */
  readonly clusterCIDR?: string
}

/** The nodes that options ask for. */
export function nodesOf(options: ClusterOptions): readonly NodeOptions[] {
  const { nodes = 3 } = options
  if (typeof nodes !== 'number') return nodes
  return Array.from({ length: nodes }, (_, at) => ({ name: `node-${at + 1}` }))
}

/** What may be otherwise in a copy than in its original. */
export type RestoreOptions = Pick<
  ClusterOptions,
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
>
