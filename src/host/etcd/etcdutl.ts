import { quote } from '../../lang/go/quote.js'
import { EtcdStore, SnapshotError, formatSnapshotStatus, snapshotStatus } from '../../etcd/index.js'
import type { CommandCall, CommandOutput, Options } from '../commands/command.js'
import { failed, readOptions } from '../commands/command.js'
import { bytesOfContent } from '../../lang/bytes/content.js'
import { databaseIn } from './data-directory.js'
import { UTL_HELP, UTL_SNAPSHOT_HELP, etcdVersion } from './etcd-texts.js'

/** What etcd's clients need of a call. */
export type EtcdClientCall = Pick<CommandCall, 'machine' | 'args' | 'env' | 'stdin' | 'path'>

/** Flags of `snapshot restore` that take a value. */
export const RESTORE_FLAGS: readonly string[] = [
  'data-dir',
  'wal-dir',
  'name',
  'initial-cluster',
  'initial-cluster-token',
  'initial-advertise-peer-urls',
  'initial-memory-map-size',
  'bump-revision',
]
const SWITCHES = ['skip-hash-check', 'mark-compacted', 'h', 'help']

/**
 * etcdutl works on files and needs no running etcd: it prints the status of a snapshot, and restores one into
 * a data directory. etcd has it since 3.5.
 */
export function etcdutl(call: EtcdClientCall): CommandOutput {
  const { version, minor } = etcdVersion(call.machine)
  if (minor < 5) return failed('bash: etcdutl: command not found', 127)
  const options = readOptions(call.args, [...RESTORE_FLAGS, 'w', 'write-out'])
  const [verb, noun] = options.words
  if (verb === 'version')
    return { stdout: `etcdutl version: ${version}\nAPI version: ${version.replace(/\.\d+$/, '')}\n` }
  if (verb === undefined || verb === 'help') return { stdout: UTL_HELP }
  if (verb !== 'snapshot')
    return failed(`Error: unknown command ${quote(verb)} for "etcdutl"\nRun 'etcdutl --help' for usage.`)
  if (noun === 'status') return snapshotStatusOf(call, options)
  if (noun === 'restore')
    return options.has('data-dir')
      ? restoreSnapshot(call, options)
      : failed('Error: required flag(s) "data-dir" not set')
  if (noun === 'save')
    return failed('Error: In order to download snapshot use: `etcdctl snapshot save ...`', 128)
  return { stdout: UTL_SNAPSHOT_HELP }
}

/** `snapshot status FILE`, of etcdutl, and of etcdctl before 3.6. */
export function snapshotStatusOf(call: EtcdClientCall, options: Options): CommandOutput {
  const [, , path, ...more] = options.words
  if (path === undefined || more.length > 0)
    return failed('Error: snapshot status requires exactly one argument', 128)
  const content = call.machine.files.content(call.path(path))
  if (content === undefined) return failed(`Error: stat ${path}: no such file or directory`)
  const form = options.get('w', 'write-out') ?? 'simple'
  try {
    const found = snapshotStatus(bytesOfContent(content))
    const { hash, revision, totalKeys, totalSize } = found
    if (form === 'json') {
      const { version, minor } = etcdVersion(call.machine)
      // the version of the storage, which is that of the minor; older databases have none
      const storage = minor < 6 ? undefined : version.replace(/(?<!\d)\d+$/, '0')
      const status = { hash: Number.parseInt(hash, 16), revision, totalKey: totalKeys, totalSize }
      const shown = storage === undefined ? status : { ...status, version: storage }
      return { stdout: `${JSON.stringify(shown)}\n` }
    }
    return { stdout: `${formatSnapshotStatus(found, form === 'table' ? 'table' : 'simple').trimEnd()}\n` }
  } catch (error) {
    if (error instanceof SnapshotError) return failed(`Error: ${error.message}`)
    throw error
  }
}

/**
 * `snapshot restore FILE --data-dir DIRECTORY`, of etcdutl, and of etcdctl before 3.6: writes the database
 * into a new directory, from which an etcd can start. Source: etcdutl/snapshot/v3_snapshot.go Restore.
 */
export function restoreSnapshot(call: EtcdClientCall, options: Options): CommandOutput {
  const { files, cluster } = call.machine
  const unknown = call.args
    .map((word) => /^--?([^=]+)/.exec(word)?.[1])
    .find((name) => name !== undefined && ![...RESTORE_FLAGS, ...SWITCHES, 'w', 'write-out'].includes(name))
  if (unknown !== undefined) return failed(`Error: unknown flag: --${unknown}`)
  const [, , path, ...more] = options.words
  if (path === undefined || more.length > 0)
    return failed('Error: snapshot restore requires exactly one argument', 128)
  const shown = options.get('data-dir') ?? `${options.get('name') ?? 'default'}.etcd`
  const directory = call.path(shown)
  const time = `${new Date(cluster.now()).toISOString().slice(0, 19)}Z`
  const place =
    `{"path": "${path}", "wal-dir": "${shown}/member/wal", "data-dir": "${shown}", ` +
    `"snap-dir": "${shown}/member/snap"}`
  const log = (source: string, text: string, fields: string): string =>
    `${time}\tinfo\t${source}\t${text}\t${fields}\n`
  const stderr = log('snapshot/v3_snapshot.go:305', 'restoring snapshot', place)
  const content = files.content(call.path(path))
  const fail = (why: string): CommandOutput => ({ stderr: `${stderr}Error: ${why}\n`, code: 1 })
  const stat = files.stat(directory)
  if (stat !== undefined && (stat.kind !== 'directory' || files.list(directory).length > 0))
    return failed(`Error: data-dir ${quote(shown)} not empty or could not be read`)
  if (content === undefined) return fail(`open ${path}: no such file or directory`)
  try {
    EtcdStore.fromSnapshot(bytesOfContent(content), {
      clock: { now: () => 0 },
      skipHashCheck: options.has('skip-hash-check'),
    })
  } catch (error) {
    if (error instanceof SnapshotError) return fail(error.message)
    throw error
  }
  files.put(databaseIn(directory), content, 0o600)
  files.put(`${directory}/member/wal/0000000000000000-0000000000000000.wal`, '', 0o600)
  const member =
    '{"cluster-id": "cdf818194e3a8c32", "local-member-id": "0", "added-peer-id": "8e9e05c52164694d"}'
  return {
    stderr:
      stderr +
      log('membership/cluster.go:424', 'added member', member) +
      log('snapshot/v3_snapshot.go:333', 'restored snapshot', place),
  }
}
