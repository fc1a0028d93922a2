import { quote } from '../../lang/go/quote.js'
import { binaryText, toBase64 } from '../../lang/bytes/base64.js'
import { joinBytes } from '../../lang/bytes/join-bytes.js'
import { validPrefix } from '../../lang/go/utf8.js'
import { EtcdError, keyBytes, prefixRangeEnd, valueBytes } from '../../etcd/index.js'
import type { CommandOutput, Options } from '../commands/command.js'
import { failed, readOptions } from '../commands/command.js'
import { contentOf } from '../../lang/bytes/content.js'
import type { HostMachine } from '../machine/host-machine.js'
import { etcdVersion, snapshotHelp } from './etcd-texts.js'
import { stableHex } from '../../kubelet/stable-hex.js'
import { type EtcdClientCall, RESTORE_FLAGS, restoreSnapshot, snapshotStatusOf } from './etcdutl.js'
import { joinHostPort } from '../../lang/go/host-port.js'

const VALUED = [
  'endpoints',
  'cacert',
  'cert',
  'key',
  'w',
  'write-out',
  'limit',
  'rev',
  'dial-timeout',
  'command-timeout',
  'lease',
  'order',
  'sort-by',
]

/**
 * etcdctl: snapshots, reading and writing keys, endpoints, members, alarms, compaction and
 * defragmentation.
 */
export function etcdctl(call: EtcdClientCall): CommandOutput {
  const { machine, args, env } = call
  const options = readOptions(args, [...VALUED, ...RESTORE_FLAGS])
  const [verb = '', noun = ''] = options.words
  const { minor, version } = etcdVersion(machine)
  if (verb === 'version')
    return { stdout: `etcdctl version: ${version}\nAPI version: ${version.replace(/\.\d+$/, '')}\n` }
  // files need no etcd; since 3.6 only etcdutl works on them
  if (verb === 'snapshot' && noun !== 'save') {
    if (minor >= 6 || (noun !== 'status' && noun !== 'restore')) return { stdout: snapshotHelp(version) }
    const output = noun === 'status' ? snapshotStatusOf(call, options) : restoreSnapshot(call, options)
    if (minor < 5) return output
    const moved = `Deprecated: Use \`etcdutl snapshot ${noun}\` instead.\n\n`
    return { ...output, stderr: moved + (output.stderr ?? '') }
  }
  if (!machine.isControlPlane) return refused()
  const fault = credentialFault(call, options, env)
  if (fault !== undefined) return fault
  if (machine.state.components.get('etcd')?.state !== 'running') return refused()
  const run = VERBS[`${verb} ${noun}`] ?? VERBS[verb]
  if (run === undefined)
    return failed(
      KNOWN_VERBS.has(verb)
        ? `Error: etcdctl ${[verb, noun].join(' ').trim()} is not simulated`
        : `Error: unknown command ${quote(verb)} for "etcdctl"\nRun 'etcdctl --help' for usage.`,
    )
  const form = formOf(options)
  if (!FORMS.has(form)) return failed(`Error: unrecognized output format "${form}"`)
  const forms = FORMED[`${verb} ${noun}`] ?? FORMED[verb]
  if (form !== 'simple' && forms?.includes(form) !== true)
    return failed(`Error: etcdctl ${[verb, noun].join(' ').trim()} -w ${form} is not simulated`)
  try {
    return run(call, options)
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error
    return failed(
      '{"level":"warn","msg":"retrying of unary invoker ' +
        `failed","target":"etcd-endpoints://${endpointOf(call, options)}","error":"rpc error: code = ` +
        `${error.message.includes('space') ? 'ResourceExhausted' : 'OutOfRange'} desc = ` +
        `${error.message}"}\nError: ${error.message}`,
    )
  }
}

/** What `-w` may be. */
const FORMS: ReadonlySet<string> = new Set(['simple', 'json', 'table', 'fields', 'protobuf'])

/** The forms besides `simple` that are simulated, by command. */
const FORMED: Readonly<Record<string, readonly string[]>> = {
  'endpoint health': ['table', 'json'],
  'endpoint status': ['table', 'json'],
  'endpoint hashkv': ['table', 'json'],
  'member list': ['table', 'json'],
  get: ['json', 'fields'],
}

/** Commands of etcdctl besides those of {@link VERBS}. Source: etcdctl/ctlv3/ctl.go. */
const KNOWN_VERBS: ReadonlySet<string> = new Set(
  (
    'auth check completion downgrade elect endpoint lease lock make-mirror member move-leader role txn ' +
    'user watch'
  ).split(' '),
)

const versionOf = (machine: HostMachine): string => etcdVersion(machine).version

const clientUrl = ({ address }: HostMachine): string => `https://${joinHostPort(address, 2379)}`

/** With `--cluster`, the address that the only member tells its clients. */
const endpointOf = ({ env, machine }: EtcdClientCall, options: Options): string =>
  options.has('cluster')
    ? clientUrl(machine)
    : (options.get('endpoints') ?? env.get('ETCDCTL_ENDPOINTS') ?? '127.0.0.1:2379')

const VERBS: Readonly<Record<string, (call: EtcdClientCall, options: Options) => CommandOutput>> = {
  'snapshot save': (call, options) => {
    const [, , path] = options.words
    if (path === undefined) return failed('Error: snapshot save expects one argument', 128)
    call.machine.files.write(call.path(path), contentOf(call.machine.cluster.internals.etcd.snapshot()))
    return { stdout: `Snapshot saved at ${path}\n` }
  },
  'endpoint health': (call, options) => {
    const endpoint = endpointOf(call, options)
    const { alarms } = call.machine.cluster.internals.etcd
    if (formOf(options) === 'json') {
      const error = alarms.map(({ alarm }) => `Active Alarm(s): ${alarm}`).join(', ')
      const told = [
        { endpoint, health: alarms.length === 0, took: '1.5ms', ...(error === '' ? {} : { error }) },
      ]
      return {
        stdout: `${json(told)}\n`,
        ...(error === '' ? {} : { stderr: 'Error: unhealthy cluster\n', code: 1 }),
      }
    }
    if (formOf(options) === 'table') {
      const error = alarms.map(({ alarm }) => `Active Alarm(s): ${alarm}`).join(', ')
      const row = [endpoint, `${alarms.length === 0}`, '1.5ms', error]
      return {
        stdout: boxed(['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'], [row]),
        ...(alarms.length === 0 ? {} : { stderr: 'Error: unhealthy cluster\n', code: 1 }),
      }
    }
    if (alarms.length === 0)
      return { stdout: `${endpoint} is healthy: successfully committed proposal: took = 1.5ms\n` }
    return failed(
      `${endpoint} is unhealthy: failed to commit proposal: Active Alarm(s): ` +
        `${alarms.map(({ alarm }) => alarm).join(', ')}\nError: unhealthy cluster`,
    )
  },
  'endpoint status': (call, options) => ({ stdout: endpointStatus(call, options) }),
  'member list': (call, options) => {
    const { machine } = call
    const { header } = machine.cluster.internals.etcd.status()
    const row = [
      header.memberId.toString(16),
      'started',
      machine.cluster.pki.config.nodeName,
      `https://${joinHostPort(machine.address, 2380)}`,
      clientUrl(machine),
      'false',
    ]
    if (formOf(options) === 'json') return { stdout: `${json(memberObject(header, row))}\n` }
    return {
      stdout:
        formOf(options) === 'table'
          ? boxed(['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'], [row])
          : `${row.join(', ')}\n`,
    }
  },
  'endpoint hashkv': (call, options) => {
    const endpoint = endpointOf(call, options)
    const { header, raftTerm } = call.machine.cluster.internals.etcd.status()
    // any number will do that is the same for the same data
    const hash = Number.parseInt(stableHex(`hashkv ${header.revision}`, 8), 16)
    const row = [endpoint, String(hash), String(header.revision)]
    if (formOf(options) === 'json') {
      const own = headerObject({ ...header, raftTerm })
      const found = { header: own, hash, compact_revision: -1, hash_revision: header.revision }
      return { stdout: `${json([{ Endpoint: endpoint, HashKV: found }])}\n` }
    }
    return {
      stdout:
        formOf(options) === 'table'
          ? boxed(['ENDPOINT', 'HASH', 'HASH REVISION'], [row])
          : `${row.slice(0, 2).join(', ')}\n`,
    }
  },
  'alarm list': ({ machine }) => ({ stdout: alarmLines(machine.cluster.internals.etcd.alarms) }),
  'alarm disarm': ({ machine }) => {
    const active = [...machine.cluster.internals.etcd.alarms]
    for (const { memberId, alarm } of active)
      machine.cluster.internals.etcd.alarm({ action: 'DEACTIVATE', memberId, alarm })
    return { stdout: alarmLines(active) }
  },
  compact: ({ machine }, options) => compact(machine, options),
  compaction: ({ machine }, options) => compact(machine, options),
  defrag: (call, options) => {
    call.machine.cluster.internals.etcd.defragment()
    return { stdout: `Finished defragmenting etcd member[${endpointOf(call, options)}]. took 1.5ms\n` }
  },
  get: (call, options) => get(call, options),
  put: (call, options) => {
    const [, key, value = call.stdin] = options.words
    if (key === undefined)
      return failed('Error: put command needs 1 argument and input from stdin or 2 arguments', 128)
    call.machine.cluster.internals.etcd.put({ key, value: new TextEncoder().encode(value) })
    return { stdout: 'OK\n' }
  },
  del: (call, options) => {
    const [, key] = options.words
    if (key === undefined)
      return failed('Error: del command needs one argument as key and an optional argument as range_end', 128)
    const { deleted } = call.machine.cluster.internals.etcd.deleteRange({ key, ...rangeOf(key, options) })
    return { stdout: `${deleted}\n` }
  },
}

/** JSON that prints 64-bit numbers exactly. */
const json = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'bigint' ? `bigint:${part}` : part,
  ).replaceAll(/"bigint:(\d+)"/g, '$1')

const formOf = (options: Options): string => options.get('w', 'write-out') ?? 'simple'
const alarmLines = (alarms: readonly { readonly memberId: bigint; readonly alarm: string }[]): string =>
  alarms.map(({ memberId, alarm }) => `memberID:${memberId} alarm:${alarm} \n`).join('')

function compact({ cluster }: HostMachine, options: Options): CommandOutput {
  const [, text = ''] = options.words
  if (!/^\d+$/.test(text)) return failed('Error: compaction command needs 1 argument', 128)
  // Whatever follows the store must have caught up before its history is compacted, like the apiserver's
  // watch cache.
  cluster.internals.bookmarkWatches()
  cluster.internals.etcd.compact({ revision: Number(text) })
  return { stdout: `compacted revision ${text}\n` }
}

type EtcdHeader = EtcdStatus['header']

/** The header of a response in the order of Go's fields. */
const headerObject = (header: EtcdHeader): object => ({
  cluster_id: header.clusterId,
  member_id: header.memberId,
  revision: header.revision,
  raft_term: header.raftTerm,
})

/** `member list -w json` by the row that other formats print. */
const memberObject = (
  header: EtcdHeader,
  [, , name = '', peer = '', client = '']: readonly string[],
): { readonly header: object; readonly members: readonly object[] } => ({
  header: { cluster_id: header.clusterId, member_id: header.memberId, raft_term: header.raftTerm },
  members: [{ ID: header.memberId, name, peerURLs: [peer], clientURLs: [client] }],
})

type EtcdStatus = ReturnType<HostMachine['cluster']['internals']['etcd']['status']>

function endpointStatus(call: EtcdClientCall, options: Options): string {
  const { cluster } = call.machine
  const found = cluster.internals.etcd.status()
  const endpoint = endpointOf(call, options)
  const version = versionOf(call.machine)
  const { header, dbSize, dbSizeInUse, leader, raftIndex, raftTerm, raftAppliedIndex, errors } = found
  if (formOf(options) === 'json')
    return `${json([{ Endpoint: endpoint, Status: statusObject(found, version) }])}\n`
  const state = [
    String(leader === header.memberId),
    'false',
    String(raftTerm),
    String(raftIndex),
    String(raftAppliedIndex),
    errors.join(', '),
  ]
  const [id, size] = [header.memberId.toString(16), humanBytes(dbSize)]
  const isNew = /^3\.(?:[6-9]|\d\d)/.test(version)
  const row = isNew
    ? [
        endpoint,
        id,
        version,
        `${version.replace(/\.\d+$/, '')}.0`,
        size,
        humanBytes(dbSizeInUse),
        `${Math.round((1 - dbSizeInUse / Math.max(1, dbSize)) * 100)}%`,
        '0 B',
        ...state,
        '',
        'false',
      ]
    : [endpoint, id, version, size, ...state]
  if (formOf(options) !== 'table') return `${row.join(', ')}\n`
  const middle = ['IS LEADER', 'IS LEARNER', 'RAFT TERM', 'RAFT INDEX', 'RAFT APPLIED INDEX', 'ERRORS']
  return boxed(
    isNew
      ? [
          'ENDPOINT',
          'ID',
          'VERSION',
          'STORAGE VERSION',
          'DB SIZE',
          'IN USE',
          'PERCENTAGE NOT IN USE',
          'QUOTA',
          ...middle,
          'DOWNGRADE TARGET VERSION',
          'DOWNGRADE ENABLED',
        ]
      : ['ENDPOINT', 'ID', 'VERSION', 'DB SIZE', ...middle],
    [row],
  )
}

/** The status of an endpoint in the order of Go's fields. */
function statusObject(
  { header, dbSize, dbSizeInUse, leader, raftIndex, raftTerm, raftAppliedIndex, errors }: EtcdStatus,
  version: string,
): object {
  return {
    header: headerObject(header),
    version,
    dbSize,
    leader,
    raftIndex,
    raftTerm,
    raftAppliedIndex,
    ...(errors.length === 0 ? {} : { errors }),
    dbSizeInUse,
  }
}

const refused = (): CommandOutput =>
  failed(
    '{"level":"warn","msg":"retrying of unary invoker ' +
      'failed","target":"etcd-endpoints://127.0.0.1:2379","error":"rpc error: code = DeadlineExceeded ' +
      'desc = latest balancer error: connection error: desc = \\"transport: Error while dialing: dial ' +
      'tcp 127.0.0.1:2379: connect: connection refused\\""}\nError: context deadline exceeded',
  )

/**
 * Returns why the etcd of a kubeadm cluster refuses the client: it demands a certificate of its own
 * authority.
 */
function credentialFault(
  { machine, path }: EtcdClientCall,
  options: Options,
  env: ReadonlyMap<string, string>,
): CommandOutput | undefined {
  const named = [
    options.get('cacert') ?? env.get('ETCDCTL_CACERT'),
    options.get('cert') ?? env.get('ETCDCTL_CERT'),
    options.get('key') ?? env.get('ETCDCTL_KEY'),
  ]
  const missing = named.find((each) => each !== undefined && machine.files.text(path(each)) === undefined)
  if (missing !== undefined) return failed(`Error: open ${missing}: no such file or directory`)
  if (named.includes(undefined)) {
    return failed(
      '{"level":"warn","msg":"retrying of unary invoker ' +
        'failed","target":"etcd-endpoints://127.0.0.1:2379","error":"rpc error: code = DeadlineExceeded ' +
        'desc = latest balancer error: last connection error: connection error: desc = \\"error reading ' +
        'server preface: EOF\\""}\nError: context deadline exceeded',
    )
  }
  return undefined
}

function rangeOf(key: string, options: Options): { readonly rangeEnd?: string } {
  const [, , end] = options.words
  if (options.has('prefix')) return { rangeEnd: prefixRangeEnd(key) }
  if (options.has('from-key')) return { rangeEnd: '\0' }
  return end === undefined ? {} : { rangeEnd: end }
}

function get(call: EtcdClientCall, options: Options): CommandOutput {
  const [, key = ''] = options.words
  const { kvs, count, header } = call.machine.cluster.internals.etcd.range({
    key,
    ...rangeOf(key, options),
    ...(options.has('limit') ? { limit: Number(options.get('limit')) } : {}),
    ...(options.has('rev') ? { revision: Number(options.get('rev')) } : {}),
  })
  if (formOf(options) === 'json') {
    const pairs = kvs.map(({ key: name, value, createRevision, modRevision, version }) => ({
      key: toBase64(keyBytes(name)),
      create_revision: createRevision,
      mod_revision: modRevision,
      version,
      ...(options.has('keys-only') ? {} : { value: toBase64(valueBytes(value)) }),
    }))
    const response = {
      header: headerObject(header),
      ...(pairs.length === 0 ? {} : { kvs: pairs }),
      ...(count === 0 ? {} : { count }),
    }
    return { stdout: `${json(response)}\n` }
  }
  if (options.has('count-only')) return formOf(options) === 'fields' ? { stdout: `"Count" : ${count}\n` } : {}
  const valueOnly = options.has('print-value-only')
  const end = encoder.encode('\n')
  const bytes = joinBytes(
    kvs.flatMap(({ key: name, value }) => [
      ...(valueOnly ? [] : [keyBytes(name), end]),
      ...(options.has('keys-only') ? [] : [valueBytes(value)]),
      end,
    ]),
  )
  // a value that is encrypted, or protobuf, is no text
  const { length } = validPrefix(bytes)
  return length === bytes.length
    ? { stdout: new TextDecoder().decode(bytes) }
    : { stdout: binaryText(bytes), isBytes: true }
}

const encoder = new TextEncoder()

/**
 * Formats a table with borders as etcdctl draws it: headings in capitals and centred, text aligned left,
 * numbers right. Source: olekukonko/tablewriter.
 */
function boxed(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, at) =>
    Math.max(heading.length, ...rows.map((row) => (row[at] ?? '').length)),
  )
  // bounded: widths of texts that are printed
  const border = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`
  const line = (cells: readonly string[]): string => `|${cells.map((cell) => ` ${cell} `).join('|')}|\n`
  const centred = (text: string, width: number): string => {
    const left = Math.floor((width - text.length) / 2)
    // bounded: widths of texts that are printed
    return `${' '.repeat(left)}${text}`.padEnd(width)
  }
  const cell = (text: string, width: number): string =>
    /^-?\d+(?:\.\d+)?%?$/.test(text) ? text.padStart(width) : text.padEnd(width)
  return (
    border +
    line(headings.map((heading, at) => centred(heading, widths[at] ?? 0))) +
    border +
    rows.map((row) => line(row.map((text, at) => cell(text, widths[at] ?? 0)))).join('') +
    border
  )
}

/** `537 kB`: formats bytes as go-humanize does. */
function humanBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`
  const step = Math.floor(Math.log(bytes) / Math.log(1000))
  const value = Math.floor((bytes / 1000 ** step) * 10 + 0.5) / 10
  return (
    `${value < 10 ? value.toFixed(1) : Math.floor(value).toFixed(0)} ` +
    `${['B', 'kB', 'MB', 'GB', 'TB'][step] ?? ''}`
  )
}
