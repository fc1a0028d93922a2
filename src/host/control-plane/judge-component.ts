import { endpointHost, endpointPort, joinHostPort } from '../../lang/go/host-port.js'
import { type GateWarning, judgeGateFlags } from '../../api/gate-check.js'
import { isSupported } from '../../api/releases.js'
import { quote } from '../../lang/go/quote.js'
import { parseYamlText } from '../../lang/yaml/read.js'
import { parseCertificates, readChain, verifyChain } from '../../pki/index.js'
import { parsePrivateKey } from '../../pki/crypto/rsa.js'
import type { ComponentName } from '../../cluster/kubeadm/images.js'
import { parseAuditPolicy } from '../../apiserver/audit-policy.js'
import { parseAuthorization } from '../../apiserver/authorization/configuration.js'
import { conditionFault } from '../../rbac/modes/access-conditions.js'
import { parseEncryption } from '../../apiserver/storage/encryption/configuration.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import { ADMISSION_PLUGINS, AUTHORIZATION_MODES, knowsFlag } from './known-flags.js'
import type { ReadManifest } from './read-manifest.js'

/** What a component finds on its machine when it starts. */
export interface JudgeDependencies {
  /** Text of a file on the machine. */
  readonly text: (path: string) => string | undefined
  readonly isDirectory: (path: string) => boolean
  /** Virtual ms. */
  readonly now: number
  /** Version of the control plane. */
  readonly version: string
  /** Where the apiserver listens: host and port. */
  readonly endpoint: string
  /** Manifest of the running etcd; undefined if none runs. */
  readonly etcd: ReadManifest | undefined
}

/**
 * Fate of a static pod: it runs, its container waits for something, or its program exits at once with an
 * error.
 */
export type ProcessOutcome =
  | {
      readonly kind: 'runs'
      readonly works: boolean
      readonly words?: string
      /** What it logs at its start of the feature gates that it is given. */
      readonly warnings: readonly GateWarning[]
    }
  | {
      readonly kind: 'waits'
      readonly reason: 'ErrImagePull' | 'CreateContainerError' | 'VolumeError'
      readonly words: string
    }
  | { readonly kind: 'exits'; readonly words: string }

/** Why a program exits. */
class Fault extends Error {}

/**
 * Decides what happens to a static pod of the control plane in the given surroundings. Error texts are those
 * of the programs.
 */
export function judgeComponent(
  component: ComponentName,
  manifest: ReadManifest,
  around: JudgeDependencies,
): ProcessOutcome {
  const waits = cannotStart(component, manifest, around)
  if (waits !== undefined) return waits
  try {
    checkFlags(component, manifest)
    const warnings = component === 'etcd' ? [] : checkGates(manifest, around.version)
    const words = CHECKS[component](new Machine(manifest, around))
    return words === undefined
      ? { kind: 'runs', works: true, warnings }
      : { kind: 'runs', works: false, words, warnings }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return {
      kind: 'exits',
      words:
        component === 'etcd' || error.message.startsWith('Error: ')
          ? error.message
          : `"command failed" err=${JSON.stringify(error.message)}`,
    }
  }
}

/** Returns what keeps the kubelet from starting the container. */
function cannotStart(
  component: ComponentName,
  manifest: ReadManifest,
  { text, isDirectory }: JudgeDependencies,
): ProcessOutcome | undefined {
  for (const { name, path, type } of manifest.volumes) {
    const isThere = text(path) !== undefined || isDirectory(path)
    const wrong =
      type === 'File'
        ? text(path) === undefined
        : type === 'Directory'
          ? !isDirectory(path)
          : type === 'DirectoryOrCreate'
            ? isThere && !isDirectory(path)
            : false
    if (wrong) {
      const words =
        `MountVolume.SetUp failed for volume "${name}" : hostPath type check failed: ${path} is not a ` +
        `${type.startsWith('File') ? 'file' : 'directory'}`
      return { kind: 'waits', reason: 'VolumeError', words }
    }
  }
  const [, tag = ''] = /:([^:/]+)$/.exec(manifest.image) ?? []
  const pattern = component === 'etcd' ? /^\d+\.\d+\.\d+(?:-\d+)?$/ : /^v1\.\d+\.\d+(?:-[\w.]+)?$/
  const ours = /^(?:registry\.k8s\.io|k8s\.gcr\.io)\//
  const [name = ''] = manifest.image.replace(ours, '').split(':')
  if (!ours.test(manifest.image) || name !== component || !pattern.test(tag)) {
    return {
      kind: 'waits',
      reason: 'ErrImagePull',
      words:
        `failed to pull and unpack image "${manifest.image}": failed to resolve reference ` +
        `"${manifest.image}": ${manifest.image}: not found`,
    }
  }
  const [program = ''] = manifest.command
  if (program === component || program === `/usr/local/bin/${component}`) return undefined
  const problem = program.startsWith('/')
    ? `stat ${program}: no such file or directory`
    : 'executable file not found in $PATH'
  const words =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc ' +
    `create failed: unable to start container process: exec: ${quote(program)}: ${problem}`
  return { kind: 'waits', reason: 'CreateContainerError', words }
}

function checkFlags(component: ComponentName, { command, flags }: ReadManifest): void {
  for (const name of flags.keys()) {
    if (knowsFlag(component, name)) continue
    throw new Fault(
      component === 'etcd'
        ? `{"level":"warn","msg":"failed to verify flags","error":"flag provided but not defined: -${name}"}`
        : `Error: unknown flag: --${name}`,
    )
  }
  const stray = command
    .slice(1)
    .find((word, at) => !word.startsWith('-') && !(command[at] ?? '').startsWith('-'))
  if (stray !== undefined && component !== 'etcd')
    throw new Fault(
      `Error: ${component} does not take any arguments, got ${JSON.stringify([stray]).replaceAll(',', ' ')}`,
    )
}

/** Checks the feature gates that a program of the image's version is given; returns what it logs of them. */
function checkGates({ command, image }: ReadManifest, version: string): readonly GateWarning[] {
  const values = command.flatMap((word, at) =>
    word === '--feature-gates' ? [command[at + 1] ?? ''] : (/^--feature-gates=(.*)$/s.exec(word)?.[1] ?? []),
  )
  const [, own = ''] = /:(v1\.\d+)/.exec(image) ?? []
  const { fault, warnings } = judgeGateFlags(values, isSupported(minorOf(own)) ? own : version)
  if (fault !== undefined) throw new Fault(fault)
  return warnings
}

/** The machine as a program sees it through its flags and mounts. */
class Machine {
  readonly manifest: ReadManifest
  readonly around: JudgeDependencies

  constructor(manifest: ReadManifest, around: JudgeDependencies) {
    this.manifest = manifest
    this.around = around
  }

  flag(name: string): string | undefined {
    return this.manifest.flags.get(name)
  }

  /** Reads the file that a path in the container refers to. */
  text(path: string): string | undefined {
    const {
      manifest: { onMachine, volumes },
      around,
    } = this
    const real = onMachine(path)
    if (real === undefined) return undefined
    // the kubelet creates an empty file or directory for a mount of that type
    return (
      around.text(real) ??
      (volumes.some((volume) => volume.path === real && volume.type === 'FileOrCreate') ? '' : undefined)
    )
  }

  /**
   * Reads the file that a flag names; undefined if the flag is not given. Throws Fault if the file is
   * missing.
   */
  file(flag: string, say: (fault: string) => string = (fault) => fault): string | undefined {
    const path = this.flag(flag)
    if (path === undefined || path === '') return undefined
    const text = this.text(path)
    if (text !== undefined) return text
    const real = this.manifest.onMachine(path)
    const isDirectory = real !== undefined && this.around.isDirectory(real)
    throw new Fault(
      say(isDirectory ? `read ${path}: is a directory` : `open ${path}: no such file or directory`),
    )
  }

  /** A certificate and its key. Source: crypto/tls X509KeyPair. */
  pair(certificateFlag: string, keyFlag: string, say?: (fault: string) => string): string | undefined {
    const wrap = say ?? ((fault: string) => fault)
    const certificate = this.file(certificateFlag, say)
    const key = this.file(keyFlag, say)
    if (certificate === undefined || key === undefined) return certificate
    const [leaf] = safely(() => readChain(certificate)) ?? []
    if (leaf === undefined) throw new Fault(wrap('tls: failed to find any PEM data in certificate input'))
    const own = safely(() => parsePrivateKey(key))
    if (own === undefined) throw new Fault(wrap('tls: failed to find any PEM data in key input'))
    if (leaf.publicKey?.modulus !== own.modulus)
      throw new Fault(wrap('tls: private key does not match public key'))
    return certificate
  }

  /** Reads the certificates of an authority. */
  authority(flag: string): string | undefined {
    const text = this.file(flag)
    if (text !== undefined && (safely(() => parseCertificates(text)) ?? []).length === 0) {
      throw new Fault(
        `unable to load client CA file "${this.flag(flag) ?? ''}": data does not contain any valid ` +
          'RSA or ECDSA certificates',
      )
    }
    return text
  }
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

const CHECKS: Readonly<Record<ComponentName, (machine: Machine) => string | undefined>> = {
  etcd: (machine) => {
    const say = (fault: string): string =>
      `{"level":"fatal","msg":"discovery failed","error":${JSON.stringify(fault)}}`
    machine.pair('peer-cert-file', 'peer-key-file', say)
    machine.file('peer-trusted-ca-file', say)
    machine.pair('cert-file', 'key-file', say)
    machine.file('trusted-ca-file', say)
    return undefined
  },
  'kube-apiserver': (machine) => {
    const minor = minorOf(machine.around.version)
    const faults: string[] = []
    if (machine.flag('etcd-servers') === undefined) faults.push('--etcd-servers must be specified')
    if (minor >= 20 && machine.flag('service-account-issuer') === undefined)
      faults.push(
        'service-account-issuer is a required flag, --service-account-signing-key-file and ' +
          '--service-account-issuer are required flags',
      )
    faults.push(...authorizationFaults((flag) => machine.flag(flag)))
    for (const plugin of (machine.flag('enable-admission-plugins') ?? '').split(',')) {
      if (plugin !== '' && !ADMISSION_PLUGINS.includes(plugin))
        faults.push(`enable-admission-plugins plugin ${quote(plugin)} is unknown`)
    }
    if (faults.length > 0) throw new Fault(faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`)
    machine.pair('tls-cert-file', 'tls-private-key-file')
    machine.authority('client-ca-file')
    machine.authority('requestheader-client-ca-file')
    machine.file('service-account-key-file')
    machine.file('service-account-signing-key-file', (fault) => `failed to build token generator: ${fault}`)
    machine.file('token-auth-file')
    checkAuthorizationConfig(machine)
    machine.file('authorization-policy-file')
    machine.file('authorization-webhook-config-file')
    machine.pair('kubelet-client-certificate', 'kubelet-client-key')
    machine.pair('proxy-client-cert-file', 'proxy-client-key-file')
    checkEncryption(machine)
    checkAudit(machine)
    checkEtcd(machine)
    return undefined
  },
  'kube-controller-manager': (machine) => {
    machine.file(
      'authentication-kubeconfig',
      () =>
        'failed to get delegated authentication kubeconfig: failed to get delegated authentication ' +
        `kubeconfig: stat ${machine.flag('authentication-kubeconfig') ?? ''}: no such file or ` +
        'directory',
    )
    const words = checkKubeconfig(machine)
    machine.authority('client-ca-file')
    machine.file(
      'service-account-private-key-file',
      (fault) =>
        'error building controller context: failed to wait for apiserver being healthy: error reading ' +
        `key for service account token controller: ${fault}`,
    )
    machine.file(
      'root-ca-file',
      (fault) => `error parsing root-ca-file at ${machine.flag('root-ca-file') ?? ''}: ${fault}`,
    )
    machine.pair(
      'cluster-signing-cert-file',
      'cluster-signing-key-file',
      (fault) =>
        'failed to start kubernetes.io/kubelet-serving certificate controller: error reading CA cert ' +
        `file "${machine.flag('cluster-signing-cert-file') ?? ''}": ${fault}`,
    )
    return words
  },
  'kube-scheduler': (machine) => {
    machine.file('config')
    machine.file(
      'authentication-kubeconfig',
      () =>
        'failed to get delegated authentication kubeconfig: failed to get delegated authentication ' +
        `kubeconfig: stat ${machine.flag('authentication-kubeconfig') ?? ''}: no such file or ` +
        'directory',
    )
    return checkKubeconfig(machine)
  },
}

/** Source: apiserver pkg/server/options/encryptionconfig/config.go. */
function checkEncryption(machine: Machine): void {
  const path = machine.flag('encryption-provider-config') ?? ''
  const text = machine.file(
    'encryption-provider-config',
    (fault) =>
      'error while parsing file: error while loading file: error reading encryption provider configuration ' +
      `file ${quote(path)}: ${fault}`,
  )
  if (text !== undefined) orFault(() => parseEncryption(text, path))
}

const LOG_FORMATS = ['legacy', 'json']

/** Source: apiserver pkg/server/options/audit.go. */
function checkAudit(machine: Machine): void {
  const format = machine.flag('audit-log-format') ?? 'json'
  const log = machine.flag('audit-log-path') ?? ''
  if (!LOG_FORMATS.includes(format) && log !== '')
    throw new Fault(`invalid audit log format ${format}, allowed formats are ${quote(LOG_FORMATS.join(','))}`)
  for (const flag of ['audit-log-maxage', 'audit-log-maxbackup', 'audit-log-maxsize'])
    if (!/^-?\d+$/.test(machine.flag(flag) ?? '0'))
      throw new Fault(
        `Error: invalid argument ${quote(machine.flag(flag) ?? '')} for "--${flag}" flag: ` +
          `strconv.ParseInt: parsing ${quote(machine.flag(flag) ?? '')}: invalid syntax`,
      )
  const path = machine.flag('audit-policy-file') ?? ''
  const say = (fault: string): string => `loading audit policy file: ${fault}`
  const text = machine.file('audit-policy-file', (fault) =>
    say(`failed to read file path "${path}": ${fault}`),
  )
  if (text !== undefined) orFault(() => parseAuditPolicy(text, path), say)
  if (log !== '' && log !== '-' && machine.manifest.isReadOnly(log))
    throw new Fault(`ensureLogFile: open ${log}: read-only file system`)
}

/** Runs what throws the program's own text. */
function orFault(parse: () => unknown, say: (fault: string) => string = (fault) => fault): void {
  try {
    parse()
  } catch (error) {
    throw new Fault(say(error instanceof Error ? error.message : String(error)))
  }
}

/** Returns which credential a component lacks. It keeps running then, but its requests are refused. */
function checkKubeconfig(machine: Machine): string | undefined {
  const path = machine.flag('kubeconfig')
  const text = machine.file('kubeconfig', () => `stat ${path ?? ''}: no such file or directory`)
  if (text === undefined || text.trim() === '')
    throw new Fault(
      'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER ' +
        'environment variable',
    )
  const config: unknown = safely(() => parseYamlText(text))
  const data = JSON.stringify(config ?? '')
  const [, encoded] = /"client-certificate-data":"([^"]*)"/.exec(data) ?? []
  const certificate = encoded === undefined ? undefined : safely(() => readChain(atob(encoded)))
  if (certificate === undefined)
    throw new Fault(`error loading config file "${path ?? ''}": couldn't get version/kind; json parse error`)
  const [, server = ''] = /"server":"https:\/\/([^"/]*)/.exec(data) ?? []
  return unreachable(server, machine) ?? refusal(certificate, machine)
}

/** A client whose kubeconfig names another port finds nobody there, and tries again and again. */
function unreachable(server: string, { around, manifest }: Machine): string | undefined {
  const port = endpointPort(server) ?? '443'
  if (port === endpointPort(around.endpoint)) return undefined
  const lock = manifest.component ?? ''
  const url = `https://${server}/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${lock}?timeout=5s`
  const host = endpointHost(server)
  const address = host === 'localhost' ? '127.0.0.1' : host
  return `"Error retrieving lease lock" err=${JSON.stringify(
    `Get "${url}": dial tcp ${joinHostPort(address, port)}: connect: connection refused`,
  )} lock="kube-system/${lock}"`
}

function refusal(chain: ReturnType<typeof readChain>, { around, manifest }: Machine): string | undefined {
  const [leaf, ...intermediates] = chain
  const authority = around.text('/etc/kubernetes/pki/ca.crt')
  const roots = authority === undefined ? [] : (safely(() => parseCertificates(authority)) ?? [])
  const fault =
    leaf === undefined
      ? 'no certificate'
      : verifyChain(leaf, { roots, intermediates, now: around.now, purpose: 'client auth' })
  if (fault === undefined) return undefined
  const lock = manifest.component ?? ''
  return (
    `"Error retrieving lease lock" err="Unauthorized" lock="kube-system/${lock}" ` +
    `reason=${JSON.stringify(fault)}`
  )
}

/** The apiserver needs an etcd that it can reach and that trusts it. */
function checkEtcd(machine: Machine): void {
  machine.file('etcd-cafile')
  const pair = machine.pair('etcd-certfile', 'etcd-keyfile')
  const { etcd, now, text } = machine.around
  const [server = ''] = (machine.flag('etcd-servers') ?? '').split(',')
  const address = server.replace(/^https?:\/\//, '')
  const unreachable = (why: string): Fault =>
    new Fault(
      'Error: F instance.go:233] Error creating leases: error creating storage factory: context ' +
        `deadline exceeded (grpc: addrConn.createTransport failed to connect to {Addr: "${address}", ` +
        `ServerName: "${address}", }. Err: connection error: desc = "transport: ${why}")`,
    )
  const listens = (etcd?.flags.get('listen-client-urls') ?? '').split(',')
  if (etcd === undefined || !listens.some((url) => url.replace(/^https?:\/\//, '') === address)) {
    throw unreachable(`Error while dialing: dial tcp ${address}: connect: connection refused`)
  }
  if (server.startsWith('http:')) throw unreachable('error reading server preface: EOF')
  const authority = text(etcd.flags.get('trusted-ca-file') ?? '')
  const roots = authority === undefined ? [] : (safely(() => parseCertificates(authority)) ?? [])
  const [leaf, ...intermediates] = pair === undefined ? [] : (safely(() => readChain(pair)) ?? [])
  const fault =
    leaf === undefined
      ? 'no certificate'
      : verifyChain(leaf, { roots, intermediates, now, purpose: 'client auth' })
  if (fault !== undefined)
    throw unreachable(
      'authentication handshake failed: remote error: tls: ' +
        `${fault.includes('expired') ? 'expired certificate' : 'bad certificate'}`,
    )
  const own = machine.file('etcd-cafile')
  const served = safely(() => readChain(text(etcd.flags.get('cert-file') ?? '') ?? ''))?.[0]
  const trust =
    own === undefined || served === undefined
      ? undefined
      : verifyChain(served, {
          roots: safely(() => parseCertificates(own)) ?? [],
          now,
          purpose: 'server auth',
        })
  if (trust !== undefined)
    throw unreachable(`authentication handshake failed: tls: failed to verify certificate: ${trust}`)
}

/** Source: pkg/kubeapiserver/options/authorization.go Validate. */
function checkAuthorizationConfig(machine: Machine): void {
  const text = machine.file(
    'authorization-config',
    (fault) =>
      'failed to load AuthorizationConfiguration from file: failed to read AuthorizationConfiguration: ' +
      fault,
  )
  if (text === undefined) return
  const legacy = [...machine.manifest.flags.keys()].some(
    (name) => name === 'authorization-mode' || name.startsWith('authorization-webhook-'),
  )
  if (legacy)
    throw new Fault(
      '--authorization-config can not be specified when --authorization-mode or --authorization-webhook-* ' +
        'flags are defined',
    )
  orFault(() => {
    for (const each of parseAuthorization(text, conditionFault)) {
      const path = each.type === 'Webhook' ? each.webhook.kubeConfigFile : undefined
      if (path !== undefined && machine.text(path) === undefined)
        throw new Error(`stat ${path}: no such file or directory`)
    }
  })
}

/**
 * Returns what is wrong with the flags of authorization. Source: pkg/kubeapiserver/options/authorization.go
 * Validate.
 */
function authorizationFaults(flag: (name: string) => string | undefined): readonly string[] {
  const modes = (flag('authorization-mode') ?? 'AlwaysAllow').split(',')
  const files = [
    ['ABAC', 'authorization-policy-file', 'policy'],
    ['Webhook', 'authorization-webhook-config-file', 'config'],
  ] as const
  const isSet = (name: string): boolean => (flag(name) ?? '') !== ''
  return [
    ...modes.flatMap((mode) => [
      ...(AUTHORIZATION_MODES.includes(mode)
        ? []
        : [`authorization-mode ${quote(mode)} is not a valid mode`]),
      ...files
        .filter(([needs, name]) => needs === mode && !isSet(name))
        .map(([, , what]) => `authorization-mode ${mode}'s authorization ${what} file not passed`),
    ]),
    ...files
      .filter(([needs, name]) => isSet(name) && !modes.includes(needs))
      .map(([needs, name]) => `cannot specify --${name} without mode ${needs}`),
    ...(new Set(modes).size === modes.length
      ? []
      : [`authorization-mode [${modes.map(quote).join(' ')}] has mode specified more than once`]),
  ]
}
