import { formatSnapshotStatus, keyBytes, prefixRangeEnd, SnapshotError, snapshotStatus, valueBytes } from '../../etcd/index.js'
import type { CommandCall, CommandOutput, Options } from '../commands/command.js'
import { failed, readOptions } from '../commands/command.js'
import { bytesOf, contentOf } from '../files/content.js'
import { table } from '../machine/texts.js'

const VALUED = ['endpoints', 'cacert', 'cert', 'key', 'w', 'write-out', 'limit', 'rev', 'data-dir', 'dial-timeout', 'command-timeout']

/** etcdctl and etcdutl, as far as the course needs them: snapshot save and status, get, endpoint health and status, member list. */
export function etcdctl(call: CommandCall): CommandOutput {
  const { machine, args, env } = call
  const options = readOptions(args, VALUED)
  const [verb = '', noun = ''] = options.words
  if (verb === 'version') return { stdout: 'etcdctl version: 3.6.6\nAPI version: 3.6\n' }
  if (verb === 'snapshot' && noun === 'status') return status(call, options)
  if (verb === 'snapshot' && noun === 'restore') return failed('Error: restoring is done with SimCluster.fromEtcdSnapshot: this etcd runs within the cluster')
  if (!machine.isControlPlane) return refused()
  const fault = credentialFault(call, options, env)
  if (fault !== undefined) return fault
  if (machine.state.components.get('etcd')?.state !== 'running') return refused()
  const { etcd } = machine.cluster
  switch (`${verb} ${noun}`) {
    case 'snapshot save': {
      const [, , path] = options.words
      if (path === undefined) return failed('Error: snapshot save expects one argument', 128)
      machine.files.write(call.path(path), contentOf(etcd.snapshot()))
      return { stdout: `Snapshot saved at ${path}\n` }
    }
    case 'endpoint health': return { stdout: `${endpointOf(options, env)} is healthy: successfully committed proposal: took = 1.5ms\n` }
    case 'member list': return { stdout: `8e9e05c52164694d, started, ${machine.cluster.pki.config.nodeName}, https://${machine.address}:2380, https://${machine.address}:2379, false\n` }
    case 'endpoint status': return { stdout: table([[endpointOf(options, env), '8e9e05c52164694d', '3.6.6', `${etcd.status().dbSize} B`, 'true', 'false']], { gap: 2 }) }
    default: return verb === 'get' ? get(call, options) : failed(`Error: unknown command ${JSON.stringify(verb)} for "etcdctl"\nRun 'etcdctl --help' for usage.`)
  }
}

const endpointOf = (options: Options, env: ReadonlyMap<string, string>): string => options.get('endpoints') ?? env.get('ETCDCTL_ENDPOINTS') ?? '127.0.0.1:2379'

const refused = (): CommandOutput =>
  failed('{"level":"warn","msg":"retrying of unary invoker failed","target":"etcd-endpoints://127.0.0.1:2379","error":"rpc error: code = DeadlineExceeded desc = latest balancer error: connection error: desc = \\"transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused\\""}\nError: context deadline exceeded')

/** The etcd of a cluster of kubeadm's speaks with those only who have a certificate of its authority. */
function credentialFault({ machine, path }: CommandCall, options: Options, env: ReadonlyMap<string, string>): CommandOutput | undefined {
  const named = [options.get('cacert') ?? env.get('ETCDCTL_CACERT'), options.get('cert') ?? env.get('ETCDCTL_CERT'), options.get('key') ?? env.get('ETCDCTL_KEY')]
  const missing = named.find((each) => each !== undefined && machine.files.text(path(each)) === undefined)
  if (missing !== undefined) return failed(`Error: open ${missing}: no such file or directory`)
  if (named.includes(undefined)) {
    return failed('{"level":"warn","msg":"retrying of unary invoker failed","target":"etcd-endpoints://127.0.0.1:2379","error":"rpc error: code = DeadlineExceeded desc = latest balancer error: last connection error: connection error: desc = \\"error reading server preface: EOF\\""}\nError: context deadline exceeded')
  }
  return undefined
}

function status(call: CommandCall, options: Options): CommandOutput {
  const path = options.words[2] ?? ''
  const text = call.machine.files.text(call.path(path))
  if (text === undefined) return failed(`Error: stat ${path}: no such file or directory`)
  try {
    const found = snapshotStatus(bytesOf(text))
    const form = options.get('w', 'write-out') ?? 'simple'
    return { stdout: `${formatSnapshotStatus(found, form === 'table' ? 'table' : 'simple').replace(/\n$/, '')}\n` }
  } catch (error) {
    if (error instanceof SnapshotError) return failed(`Error: ${error.message}`)
    throw error
  }
}

function get(call: CommandCall, options: Options): CommandOutput {
  const [, key = ''] = options.words
  const from = options.has('from-key')
  const { kvs } = call.machine.cluster.etcd.range({
    key, ...(options.has('prefix') ? { rangeEnd: prefixRangeEnd(key) } : from ? { rangeEnd: '\0' } : {}),
    ...(options.has('limit') ? { limit: Number(options.get('limit')) } : {}),
  })
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
  return { stdout: kvs.map((pair) => `${decode(keyBytes(pair.key))}\n${options.has('keys-only') ? '' : decode(valueBytes(pair.value))}\n`).join('') }
}
