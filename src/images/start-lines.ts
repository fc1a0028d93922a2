import { bracketed } from '../lang/go/host-port.js'
import { klogLine } from '../lang/go/klog.js'

/** What the first lines of a program of Kubernetes depend on. */
export interface StartedProgram {
  /** When it started, in virtual ms. */
  readonly at: number
  /** Tag of its image: `v1.35.0`. */
  readonly version: string
  /** The program and its arguments. */
  readonly command: readonly string[]
  /** Address of its machine. */
  readonly address: string
  /**
   * Whether the apiserver gives it its lease.
   * @default true
   */
  readonly leads?: boolean
}

type Program = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler'
type Line = readonly [source: string, text: string]

const GOLANG = '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""'

/**
 * Returns the lines with which a program of the control plane begins its log, as its flags make them. Source:
 * cmd/kube-apiserver/app/server.go, cmd/kube-controller-manager/app/controllermanager.go,
 * cmd/kube-scheduler/app/server.go, staging/src/k8s.io/apiserver/pkg/server/secure_serving.go.
 */
export function startLines(program: Program, started: StartedProgram): readonly string[] {
  if (program === 'etcd') return etcdLines(started)
  const flags = flagsOf(started.command)
  const { version, address, at } = started
  const bind = flags.get('bind-address') ?? '0.0.0.0'
  const host = bind === '0.0.0.0' ? '[::]' : bracketed(bind)
  const serving = (port: number): Line => [
    'secure_serving.go:211',
    `Serving securely on ${host}:${flags.get('secure-port') ?? port}`,
  ]
  const certificate: readonly Line[] = flags.has('tls-cert-file')
    ? []
    : [['serving.go:386', 'Generated self-signed cert in-memory']]
  const lines: Readonly<Record<Exclude<Program, 'etcd'>, () => readonly Line[]>> = {
    'kube-apiserver': () => [
      ...(flags.has('external-hostname')
        ? []
        : [
            [
              'options.go:263',
              `external host was not specified, using ${flags.get('advertise-address') ?? address}`,
            ] as const,
          ]),
      ['server.go:147', `Version: ${version}`],
      ['server.go:149', GOLANG],
      serving(6443),
    ],
    'kube-controller-manager': () => [
      ...certificate,
      ['controllermanager.go:189', `"Starting" version="${version}"`],
      ['controllermanager.go:191', GOLANG],
      serving(10_257),
      ...leaseLines(program, flags, started.leads),
    ],
    'kube-scheduler': () => [
      ...certificate,
      ['server.go:175', `"Starting Kubernetes Scheduler" version="${version}"`],
      ['server.go:177', GOLANG],
      serving(10_259),
      ...leaseLines(program, flags, started.leads),
    ],
  }
  return lines[program]().map(([source, text]) => klogLine('I', at, 1, source, text))
}

function leaseLines(
  program: string,
  flags: ReadonlyMap<string, string>,
  leads: boolean | undefined,
): readonly Line[] {
  if (flags.get('leader-elect') === 'false') return []
  const lock = `lock="kube-system/${program}"`
  return [
    ['leaderelection.go:257', `"Attempting to acquire leader lease..." ${lock}`],
    ...(leads === false ? [] : [['leaderelection.go:271', `"Successfully acquired lease" ${lock}`] as const]),
  ]
}

/** etcd's log is JSON. Source: server/etcdmain/etcd.go, server/embed/etcd.go, server/embed/serve.go. */
function etcdLines({ at, command }: StartedProgram): readonly string[] {
  const flags = flagsOf(command)
  const urls = (flag: string, otherwise: string): readonly string[] =>
    (flags.get(flag) ?? otherwise).split(',')
  const clients = urls('listen-client-urls', 'http://localhost:2379')
  const line = (caller: string, msg: string, more: object = {}): string =>
    JSON.stringify({ level: 'info', ts: zapTime(at), caller, msg, ...more })
  return [
    line('etcdmain/etcd.go:64', 'Running: ', { args: command }),
    line('embed/etcd.go:138', 'configuring peer listeners', {
      'listen-peer-urls': urls('listen-peer-urls', 'http://localhost:2380'),
    }),
    line('embed/etcd.go:146', 'configuring client listeners', { 'listen-client-urls': clients }),
    ...clients.map(() => line('embed/serve.go:124', 'ready to serve client requests')),
    ...clients.map((url) => {
      const isSecure = url.startsWith('https:')
      return line('embed/serve.go:283', `serving client traffic ${isSecure ? '' : 'in'}securely`, {
        traffic: 'grpc+http',
        address: url.replace(/^\w+:\/\//, ''),
      })
    }),
  ]
}

/** `2026-01-02T03:04:05.678000Z` */
const zapTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')

const PROXY_CONFIG = '/var/lib/kube-proxy/config.conf'

/**
 * Returns the lines with which kube-proxy begins its log; `configuration` is the text of its file. Source:
 * cmd/kube-proxy/app/server.go, server_linux.go, pkg/proxy/config/config.go.
 */
export function proxyLines(
  { at, version, address }: StartedProgram,
  configuration: string | undefined,
): readonly string[] {
  const [, mode = ''] = /^mode: *"?(\w*)"?/m.exec(configuration ?? '') ?? []
  const minor = Number(/^v?\d+\.(\d+)/.exec(version)?.[1] ?? 0)
  const info = (source: string, text: string): string => klogLine('I', at, 1, source, text)
  const watched = ['service', 'endpoint slice', 'node', ...(minor >= 33 ? ['serviceCIDR'] : [])]
  return [
    info('server_linux.go:53', `"Using ${mode === '' ? 'iptables' : mode} proxy"`),
    info(
      'server.go:219',
      minor >= 34
        ? `"Successfully retrieved NodeIPs" NodeIPs=["${address}"]`
        : `"Successfully retrieved node IP(s)" IPs=["${address}"]`,
    ),
    klogLine(
      'E',
      at,
      1,
      'server.go:256',
      '"Kube-proxy configuration may be incomplete or incorrect" err="nodePortAddresses is unset; NodePort ' +
        'connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`"',
    ),
    info('server.go:527', `"Version info" version="${version}"`),
    info('server.go:529', GOLANG),
    ...watched.map((what) => info('config.go:200', `"Starting ${what} config controller"`)),
    ...watched.map((what) =>
      info(
        'shared_informer.go:356',
        minor >= 34
          ? `"Caches are synced" controller="${what} config"`
          : `Caches are synced for ${what} config`,
      ),
    ),
  ]
}

/** The file that `--config` names in the command of a kube-proxy. */
export const proxyConfigPath = (command: readonly string[]): string =>
  flagsOf(command).get('config') ?? PROXY_CONFIG

/** Reads `--name=value` and `--name value`. */
function flagsOf(command: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>()
  command.forEach((word, at) => {
    const [, name, equals, value = ''] = /^--?([\w-]+)(=)?([^]*)$/.exec(word) ?? []
    if (name === undefined) return
    const next = command[at + 1]
    flags.set(name, equals === undefined && next?.startsWith('-') === false ? next : value)
  })
  return flags
}
