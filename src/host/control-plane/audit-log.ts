import type { AuditEvent } from '../../client/cluster-events.js'
import { auditedEvents, type AuditPolicy, parseAuditPolicy } from '../../apiserver/audit-policy.js'
import { keepLast } from '../../cluster/kubeadm/keep-last.js'
import { roughSizeOf } from '../../lang/bytes/content.js'
import { exactJson } from '../../lang/json/exact-json.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { AuditLogState } from '../machine/state.js'
import type { ReadManifest } from './read-manifest.js'

const MEGABYTE = 1024 * 1024
/** Bytes after which lumberjack starts a new file if `--audit-log-maxsize` is 0. */
const USUAL_SIZE = 100

const lastPolicies = keepLast<AuditPolicy>(8)

/**
 * Returns where a starting apiserver writes its audit events, and creates the file; undefined if it writes
 * none, for lack of `--audit-log-path` or `--audit-policy-file`. Source: apiserver
 * pkg/server/options/audit.go.
 */
export function openAuditLog(machine: HostMachine, manifest: ReadManifest): AuditLogState | undefined {
  const { flags, onMachine } = manifest
  const [path = '', policyFile = ''] = [flags.get('audit-log-path'), flags.get('audit-policy-file')]
  const policy = machine.files.text(onMachine(policyFile) ?? policyFile)
  if (path === '' || policy === undefined) return undefined
  // a path that is not mounted is in the container's own file system, which the machine cannot see
  const file = path === '-' ? '-' : onMachine(path)
  if (file === undefined) return undefined
  if (file !== '-' && machine.files.stat(file) === undefined) machine.files.put(file, '', 0o600)
  const number = (flag: string): number => Number(flags.get(flag) ?? 0)
  return {
    policy,
    policyFile,
    file,
    maxSize: number('audit-log-maxsize'),
    maxBackup: number('audit-log-maxbackup'),
  }
}

/** Writes what the policy keeps of a request to the file, one event a line. */
export function writeAudit(machine: HostMachine, log: AuditLogState, event: AuditEvent): void {
  const policy = lastPolicies(log.policy, () => parseAuditPolicy(log.policy, log.policyFile))
  const lines = auditedEvents(policy, event).map((each) => exactJson(each))
  if (lines.length === 0) return
  if (log.file === '-') for (const line of lines) machine.journal('kube-apiserver', line)
  else {
    rotate(machine, log)
    machine.files.append(log.file, `${lines.join('\n')}\n`)
  }
}

/** Renames a file that is full by the time, and removes the oldest backups. Source: lumberjack.v2. */
function rotate({ files, cluster }: HostMachine, { file, maxSize, maxBackup }: AuditLogState): void {
  const content = files.content(file)
  if (content === undefined) return files.put(file, '', 0o600)
  if (roughSizeOf(content) < (maxSize === 0 ? USUAL_SIZE : maxSize) * MEGABYTE) return
  const [, folder = '', stem = '', ending = ''] = /^(.*\/)([^/]*?)(\.[^./]*)?$/.exec(file) ?? []
  const stamp = new Date(cluster.now()).toISOString().slice(0, -1).replaceAll(':', '-')
  files.put(`${folder}${stem}-${stamp}${ending}`, content, 0o600)
  files.put(file, '', 0o600)
  const backups = files
    .list(folder.slice(0, -1))
    .filter((name) => name.startsWith(`${stem}-`) && name.endsWith(ending))
    .toSorted()
  if (maxBackup > 0) for (const name of backups.slice(0, -maxBackup)) files.remove(folder + name)
}
