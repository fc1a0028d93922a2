import { imageDigest } from '../../kubelet/runtime/image-digest.js'
import { formatTime } from '../../lang/go/time.js'
import { fullImageName } from '../../api/core/pods/image-name.js'
import { containersOf, type HostContainer } from '../machine/containers.js'
import type { HostMachine } from '../machine/host-machine.js'
import { table } from '../machine/texts.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, readOptions, unknownOption } from './command.js'
import { decimalSize, imagesOf } from './crictl-images.js'
import { processOf } from './crictl-inspect.js'

/** The version of the container runtime if a machine has no Node object: that of a new node. */
const VERSION = '2.1.5'

/** Version of the machine's containerd, as its node says: `2.1.5`. */
export const runtimeVersion = ({ hosts, name }: HostMachine): string =>
  hosts.nodeObject(name)?.status.nodeInfo?.containerRuntimeVersion?.replace(/^\w+:\/\//, '') || VERSION

const SOCKET = '/run/containerd/containerd.sock'

/** What containerd's clients say while it is stopped. Source: containerd cmd/ctr. */
const REFUSED =
  `ctr: failed to dial "${SOCKET}": connection error: desc = "transport: error while dialing: dial unix ` +
  `${SOCKET}: connect: connection refused"`

/** `containerd --version`; it is a service. Source: containerd cmd/containerd/command/main.go. */
export function containerd({ args, machine }: CommandCall): CommandOutput {
  if (args.some((arg) => /^(?:-v|--version)$/.test(arg)))
    return { stdout: `containerd github.com/containerd/containerd/v2 v${runtimeVersion(machine)}\n` }
  if (args[0] === 'config' && args[1] === 'dump')
    return { stdout: machine.files.text('/etc/containerd/config.toml') ?? '' }
  return failed(
    'containerd is a service here: systemctl status containerd, containerd --version, containerd config dump',
  )
}

/** `runc --version`: the kubelet and containerd call it for each container. Source: runc main.go. */
export function runc({ args, machine }: CommandCall): CommandOutput {
  const verb = args.find((arg) => !arg.startsWith('-'))
  if (args.some((arg) => /^(?:-v|--version)$/.test(arg)))
    return { stdout: 'runc version 1.3.3\nspec: 1.2.1\n' }
  if (verb === 'list') {
    const rows = running(machine).map(({ id, createdAt, pid }) => [
      id,
      String(pid),
      'running',
      `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}`,
      formatTime(createdAt),
      'root',
    ])
    return { stdout: table([['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER'], ...rows]) }
  }
  return failed('runc: only these are simulated: runc --version, runc list')
}

type Started = HostContainer & { readonly pid: number }

const running = (machine: HostMachine): readonly Started[] =>
  containersOf(machine).flatMap((container) => {
    const pid = container.state === 'Running' ? processOf(machine, container)?.pid : undefined
    return pid === undefined ? [] : [{ ...container, pid }]
  })

const KINDS: Readonly<Record<string, string>> = {
  c: 'containers',
  container: 'containers',
  i: 'images',
  image: 'images',
  t: 'tasks',
  task: 'tasks',
  ns: 'namespaces',
  namespace: 'namespaces',
}

/**
 * `ctr [-n k8s.io] containers|images|tasks|namespaces ls [-q]`, and `ctr version`: what containerd has. The
 * kubelet's containers are in the namespace k8s.io; without `-n` it is `default`, where there is nothing.
 * Source: containerd cmd/ctr.
 */
export function ctr({ args, machine }: CommandCall): CommandOutput {
  if (args.some((arg) => /^(?:-v|--version)$/.test(arg)) && args.length === 1)
    return { stdout: `ctr github.com/containerd/containerd/v2 v${runtimeVersion(machine)}\n` }
  const valued = ['n', 'namespace', 'a', 'address']
  const wrong = unknownOption(args, valued, ['q', 'quiet'])
  if (wrong !== undefined) return failed(`ctr: flag provided but not defined: -${wrong.replace(/^-+/, '')}`)
  const options = readOptions(args, valued)
  const [given = '', verb = ''] = options.words
  if (machine.unit('containerd')?.state === 'inactive') return failed(REFUSED)
  const version = runtimeVersion(machine)
  if (given === 'version')
    return { stdout: `Client:\n  Version:  v${version}\n\nServer:\n  Version:  v${version}\n` }
  const kind = KINDS[given] ?? given
  if (!Object.values(KINDS).includes(kind)) return failed(`No help topic for '${given}'`, 3)
  if (verb !== 'ls' && verb !== 'list' && !(kind === 'images' && verb === 'check'))
    return failed(`ctr: only these are simulated: ctr -n k8s.io ${kind} ls`)
  if (kind === 'namespaces')
    return {
      stdout: table(
        [
          ['NAME', 'LABELS'],
          ['default', ''],
          ['k8s.io', ''],
        ],
        { gap: 1 },
      ),
    }
  const isQuiet = options.has('q', 'quiet')
  const [head, rows] = listed(kind, options.get('n', 'namespace') === 'k8s.io' ? machine : undefined)
  if (isQuiet) return { stdout: rows.map(([name = '']) => `${name}\n`).join('') }
  return { stdout: table([head, ...rows], { gap: kind === 'images' ? 1 : 4 }) }
}

type Row = readonly string[]

/** The head of a table and its rows; a namespace other than the kubelet's has none. */
function listed(kind: string, machine: HostMachine | undefined): readonly [Row, readonly Row[]] {
  switch (kind) {
    case 'images': {
      const images = machine === undefined ? [] : imagesOf(machine, containersOf(machine))
      return [
        ['REF', 'TYPE', 'DIGEST', 'SIZE', 'PLATFORMS', 'LABELS'],
        images.map(({ name, size }) => [
          name,
          'application/vnd.oci.image.index.v1+json',
          imageDigest(name).replace(/^.*@/, ''),
          decimalSize(size).replace(/(?=[A-Zk])/, ' '),
          'linux/amd64',
          'io.cri-containerd.image=managed',
        ]),
      ]
    }
    case 'tasks':
      return [
        ['TASK', 'PID', 'STATUS'],
        (machine === undefined ? [] : running(machine)).map(({ id, pid }) => [id, String(pid), 'RUNNING']),
      ]
    default:
      return [
        ['CONTAINER', 'IMAGE', 'RUNTIME'],
        (machine === undefined ? [] : containersOf(machine)).map(({ id, image }) => [
          id,
          fullImageName(image),
          'io.containerd.runc.v2',
        ]),
      ]
  }
}
