import type { HostMachine } from '../machine/host-machine.js'
import { absolutePath } from '../../shell/files/tree.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, readOptions } from './command.js'

interface ScpEnd {
  readonly machine: HostMachine
  /** Absolute. */
  readonly path: string
  readonly isRemote: boolean
  /** As it was typed. */
  readonly text: string
}

const lost = (name: string): CommandOutput =>
  failed(`ssh: Could not resolve hostname ${name}: Name or service not known\nscp: Connection closed`, 255)

/** Finds the machine and the path of `[USER@]HOST:PATH`, or of a path of this machine. */
function placeOf({ machine, path }: CommandCall, text: string): ScpEnd | CommandOutput {
  const [, name, remote = ''] = /^(?:[\w.-]+@)?([\w.-]+):(.*)$/.exec(text) ?? []
  if (name === undefined) return { machine, path: path(text), isRemote: false, text }
  const { hosts } = machine
  if (
    !hosts.names().some((each) => each === name || hosts.machine(each).addresses.includes(name)) &&
    name !== 'master'
  )
    return lost(name)
  const other = hosts.machine(name)
  if (!other.powered)
    return failed(`ssh: connect to host ${name} port 22: No route to host\nscp: Connection closed`, 255)
  return {
    machine: other,
    path: absolutePath('/root', remote.replace(/^~\/?/, '') || '.'),
    isRemote: true,
    text: remote,
  }
}

const isPlace = (found: ScpEnd | CommandOutput): found is ScpEnd => 'machine' in found

/**
 * `scp [-r] SOURCE... TARGET`: copies files between machines: `scp node-1:/etc/hosts .`. Source: OpenSSH 9.
 */
export function scp(call: CommandCall): CommandOutput {
  const options = readOptions(call.args, ['i', 'P', 'o', 'F', 'c', 'l', 'J', 'S'])
  const targetText = options.words.at(-1)
  const sources = options.words.slice(0, -1)
  if (targetText === undefined || sources.length === 0) return failed('usage: scp [-r] source ... target')
  const target = placeOf(call, targetText)
  if (!isPlace(target)) return target
  const isFolder = target.machine.files.stat(target.path)?.kind === 'directory'
  if (sources.length > 1 && !isFolder) return failed(`scp: ${target.text}: Not a directory`)
  for (const text of sources) {
    const source = placeOf(call, text)
    if (!isPlace(source)) return source
    const name = source.path.split('/').at(-1) ?? ''
    const fault = copy(
      source,
      target,
      isFolder ? `${target.path}/${name}` : target.path,
      options.has('r', 'rp'),
    )
    if (fault !== undefined) return failed(fault)
  }
  return {}
}

/** Copies a file or a folder. Returns why that cannot be done. */
function copy(source: ScpEnd, target: ScpEnd, to: string, isDeep: boolean): string | undefined {
  const { files } = source.machine
  const entry = files.stat(source.path)
  if (entry === undefined)
    return source.isRemote
      ? `scp: ${source.text}: No such file or directory`
      : `scp: stat local "${source.text}": No such file or directory`
  if (entry.kind === 'directory') {
    if (!isDeep)
      return source.isRemote
        ? `scp: ${source.text}: not a regular file`
        : `scp: local "${source.text}" is not a regular file`
    if (target.machine.files.stat(to) === undefined) target.machine.files.makeDirectory(to)
    for (const name of files.list(source.path)) {
      const inner = { ...source, path: `${source.path}/${name}`, text: `${source.text}/${name}` }
      const fault = copy(inner, target, `${to}/${name}`, true)
      if (fault !== undefined) return fault
    }
    return undefined
  }
  const folder = to.slice(0, to.lastIndexOf('/')) || '/'
  if (target.machine.files.stat(folder)?.kind !== 'directory')
    return target.isRemote
      ? `scp: dest open "${target.text}": No such file or directory`
      : `scp: open local "${target.text}": No such file or directory`
  const content = files.content(source.path)
  if (content === undefined) return `scp: ${source.text}: Permission denied`
  target.machine.files.write(to, content)
  target.machine.files.chmod(to, entry.mode)
  return undefined
}
