import type { Pod } from '../generated.js'

/** Domain of the cluster's Services and pods: the kubelets' clusterDomain. */
export const CLUSTER_DOMAIN = 'cluster.local'
const MAX_HOSTNAME = 63
const MAX_FULL_NAME = 64

/** How a pod is called in its own network. */
export interface PodHostname {
  /** The first label, or the name that overrides it. */
  readonly hostname: string
  /** `hostname.subdomain.namespace.svc.cluster.local` of a pod with a subdomain. */
  readonly fullName?: string
  /** What `uname -n` and `hostname` print: the full name if the pod asks for it. */
  readonly kernelName: string
  /** Why no sandbox can be made: the kernel keeps 64 characters. */
  readonly error?: string
}

/**
 * Returns how a pod outside of the host network is called. Source: pkg/kubelet/kubelet_pods.go
 * GeneratePodHostNameAndDomain, pkg/kubelet/util GetNodenameForKernel.
 */
export function podHostname({ metadata: { name = '', namespace = '' }, spec }: Pod): PodHostname {
  const { hostnameOverride, subdomain = '', setHostnameAsFQDN = false } = spec
  if (hostnameOverride !== undefined) return { hostname: hostnameOverride, kernelName: hostnameOverride }
  const hostname = truncated(spec.hostname || name)
  if (subdomain === '') return { hostname, kernelName: hostname }
  const fullName = `${hostname}.${subdomain}.${namespace}.svc.${CLUSTER_DOMAIN}`
  if (!setHostnameAsFQDN) return { hostname, fullName, kernelName: hostname }
  if (fullName.length <= MAX_FULL_NAME) return { hostname, fullName, kernelName: fullName }
  const error =
    `failed to construct FQDN from pod hostname and cluster domain, FQDN ${fullName} is too long ` +
    `(${MAX_FULL_NAME} characters is the max, ${fullName.length} characters requested)`
  return { hostname, fullName, kernelName: hostname, error }
}

const truncated = (name: string): string =>
  name.length <= MAX_HOSTNAME ? name : name.slice(0, MAX_HOSTNAME).replace(/(?<![-.])[-.]+$/, '')
