import { quote } from '../../lang/go/quote.js'
import { YamlError, yamlDocuments } from '../../lang/yaml/read.js'
import type { Options } from '../commands/command.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import type { HostMachine } from '../machine/host-machine.js'
import { checkGateField, checkGateFlag } from './feature-gates.js'
import { KubeadmError } from './texts.js'
import { isMap, type JsonMap } from '../../lang/json/maps.js'
import { endpointHost, endpointPort, joinHostPort } from '../../lang/go/host-port.js'

/** The supported fields of kubeadm's InitConfiguration and ClusterConfiguration. */
export interface InitConfiguration {
  /** `v1.35.0` */
  readonly version: string
  readonly nodeName: string
  /** Host and port. */
  readonly advertiseAddress: string
  readonly controlPlaneEndpoint: string | undefined
  readonly serviceSubnet: string
  /** Undefined if nodes get no pod CIDRs. */
  readonly podSubnet: string | undefined
  readonly dnsDomain: string
  readonly certificatesDir: string
  readonly certSANs: readonly string[]
  readonly clusterName: string
  readonly imageRepository: string | undefined
  readonly token: string | undefined
  readonly tokenTTL: string
  readonly ignored: readonly string[]
}

/** The supported fields of JoinConfiguration. */
export interface JoinConfiguration {
  readonly endpoint: string | undefined
  readonly token: string | undefined
  readonly bootstrapToken: string | undefined
  readonly hashes: readonly string[]
  readonly skipsVerification: boolean
  readonly ignored: readonly string[]
  readonly isControlPlane: boolean
}

/** Flags of init and join that take a value. */
export const VALUED: readonly string[] = [
  'config',
  'apiserver-advertise-address',
  'apiserver-bind-port',
  'service-cidr',
  'pod-network-cidr',
  'service-dns-domain',
  'kubernetes-version',
  'cert-dir',
  'apiserver-cert-extra-sans',
  'node-name',
  'cri-socket',
  'token',
  'token-ttl',
  'feature-gates',
  'ignore-preflight-errors',
  'skip-phases',
  'control-plane-endpoint',
  'image-repository',
  'patches',
  'certificate-key',
  'discovery-token',
  'discovery-token-ca-cert-hash',
  'discovery-file',
  'tls-bootstrap-token',
  'kubeconfig',
  'kubeconfig-dir',
]

const inside = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (isMap(at) ? at[name] : undefined), value)
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
const split = (values: readonly string[]): readonly string[] =>
  values.flatMap((value) => value.split(',')).filter((value) => value !== '')

/** Returns the documents of a configuration file by kind. */
function documents(
  machine: HostMachine,
  path: (path: string) => string,
  file: string | undefined,
): ReadonlyMap<string, JsonMap> {
  const found = new Map<string, JsonMap>()
  if (file === undefined) return found
  const content = machine.files.text(path(file))
  if (content === undefined)
    throw new KubeadmError(
      `couldn't load configuration from file: unable to read config from ${quote(file)}: ` +
        `open ${file}: no such file or directory`,
    )
  try {
    for (const { value } of yamlDocuments(content)) {
      if (isMap(value) && typeof value.kind === 'string') found.set(value.kind, value)
    }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    // source: apimachinery pkg/runtime/serializer/yaml/meta.go Interpret
    throw new KubeadmError(
      'could not interpret GroupVersionKind; unmarshal error: error converting YAML to JSON: ' +
        error.message,
    )
  }
  return found
}

/** Reads the flags and the configuration of `kubeadm init`. @throws KubeadmError */
export function initConfiguration(
  machine: HostMachine,
  options: Options,
  path: (path: string) => string,
): InitConfiguration {
  const file = documents(machine, path, options.get('config'))
  const init = file.get('InitConfiguration')
  const cluster = file.get('ClusterConfiguration')
  const [bootstrapToken] = (inside(init, 'bootstrapTokens') ?? []) as readonly unknown[]
  const tool = `v${machine.state.packages.get('kubeadm')?.version ?? ''}`
  checkGateFlag(options.get('feature-gates') ?? '', minorOf(tool))
  const gates = inside(cluster, 'featureGates')
  if (isMap(gates)) checkGateField(gates, minorOf(tool))
  const asked = options.get('kubernetes-version') ?? text(inside(cluster, 'kubernetesVersion')) ?? tool
  const address =
    options.get('apiserver-advertise-address') ??
    text(inside(init, 'localAPIEndpoint', 'advertiseAddress')) ??
    machine.address
  const port =
    options.get('apiserver-bind-port') ?? text(inside(init, 'localAPIEndpoint', 'bindPort')) ?? '6443'
  const endpoint = options.get('control-plane-endpoint') ?? text(inside(cluster, 'controlPlaneEndpoint'))
  const version = asked.startsWith('stable') ? tool : asked.startsWith('v') ? asked : `v${asked}`
  if (!/^v1\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
    throw new KubeadmError(
      `version ${quote(asked)} doesn't match patterns for neither semantic version nor ` +
        'labels (stable, latest, ...)',
    )
  if (minorOf(version) < minorOf(tool) - 1) {
    throw new KubeadmError(
      'this version of kubeadm only supports deploying clusters with the control plane version >= ' +
        `1.${minorOf(tool) - 1}.0. Current version: ${version}`,
    )
  }
  return {
    version,
    nodeName: options.get('node-name') ?? text(inside(init, 'nodeRegistration', 'name')) ?? machine.name,
    advertiseAddress: joinHostPort(address, port),
    controlPlaneEndpoint: endpoint && joinHostPort(endpointHost(endpoint), endpointPort(endpoint) ?? port),
    serviceSubnet:
      options.get('service-cidr') ?? text(inside(cluster, 'networking', 'serviceSubnet')) ?? '10.96.0.0/12',
    podSubnet: options.get('pod-network-cidr') ?? text(inside(cluster, 'networking', 'podSubnet')),
    dnsDomain:
      options.get('service-dns-domain') ??
      text(inside(cluster, 'networking', 'dnsDomain')) ??
      'cluster.local',
    certificatesDir:
      options.get('cert-dir') ?? text(inside(cluster, 'certificatesDir')) ?? '/etc/kubernetes/pki',
    certSANs: [
      ...split(options.all('apiserver-cert-extra-sans')),
      ...texts(inside(cluster, 'apiServer', 'certSANs')),
    ],
    clusterName: text(inside(cluster, 'clusterName')) ?? 'kubernetes',
    imageRepository: options.get('image-repository') ?? text(inside(cluster, 'imageRepository')),
    token: options.get('token') ?? text(inside(bootstrapToken, 'token')),
    tokenTTL: options.get('token-ttl') ?? text(inside(bootstrapToken, 'ttl')) ?? '24h0m0s',
    ignored: [
      ...split(options.all('ignore-preflight-errors')),
      ...texts(inside(init, 'nodeRegistration', 'ignorePreflightErrors')),
    ],
  }
}

/** Reads the flags and the configuration of `kubeadm join`. @throws KubeadmError */
export function joinConfiguration(
  machine: HostMachine,
  options: Options,
  path: (path: string) => string,
): JoinConfiguration {
  const join = documents(machine, path, options.get('config')).get('JoinConfiguration')
  const discovery = inside(join, 'discovery', 'bootstrapToken')
  const token = options.get('discovery-token', 'token') ?? text(inside(discovery, 'token'))
  return {
    endpoint: options.words[0] ?? text(inside(discovery, 'apiServerEndpoint')),
    token,
    bootstrapToken:
      options.get('tls-bootstrap-token') ??
      options.get('token') ??
      text(inside(join, 'discovery', 'tlsBootstrapToken')) ??
      token,
    hashes: [
      ...split(options.all('discovery-token-ca-cert-hash')),
      ...texts(inside(discovery, 'caCertHashes')),
    ],
    skipsVerification:
      options.has('discovery-token-unsafe-skip-ca-verification') ||
      inside(discovery, 'unsafeSkipCAVerification') === true,
    ignored: [
      ...split(options.all('ignore-preflight-errors')),
      ...texts(inside(join, 'nodeRegistration', 'ignorePreflightErrors')),
    ],
    isControlPlane:
      options.has('control-plane', 'experimental-control-plane') || isMap(inside(join, 'controlPlane')),
  }
}
