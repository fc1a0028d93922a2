import { absolutePath } from '../../kubelet/files/tree.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, readOptions } from './command.js'

const NO_CONFIG = 'The connection to the server localhost:8080 was refused - did you specify the right host or port?'
/** Commands of kubectl that work without a cluster. */
const OFFLINE = ['config', 'completion', 'options', 'help']

/** kubectl of the machine: its kubeconfig decides who asks, its files are what `-f` reads. */
export function kubectl(call: CommandCall): CommandOutput {
  const { args, machine, env, stdin, cwd } = call
  const options = readOptions(args, ['kubeconfig', 'f', 'filename', 'n', 'namespace'])
  const given = options.get('kubeconfig') ?? env.get('KUBECONFIG')
  const config = absolutePath(cwd, given ?? '/root/.kube/config')
  const text = machine.files.text(config)
  const [command = ''] = options.words
  const isOffline = OFFLINE.includes(command) || (command === 'version' && options.has('client')) || options.words.length === 0
  if (text === undefined && given === undefined && !isOffline && !options.has('server', 's')) return failed(NO_CONFIG)
  const files = filesOf(machine, cwd, args, `${text ?? ''}`)
  if (text !== undefined) {
    files['~/.kube/config'] = text
    if (given !== undefined) files[given] = text
  }
  const result = machine.cluster.kubectl(['kubectl', ...args], { stdin, files, env: given === undefined ? {} : { KUBECONFIG: given } })
  for (const [path, written] of Object.entries(result.files)) {
    const full = path === '~/.kube/config' ? '/root/.kube/config' : absolutePath(cwd, path)
    const folder = full.slice(0, full.lastIndexOf('/'))
    if (folder !== '' && machine.files.stat(folder) === undefined) machine.files.makeDirectory(folder)
    machine.files.write(full, written)
  }
  return { stdout: result.stdout, stderr: result.stderr, code: result.exitCode }
}

/** The files that the command line or the kubeconfig names, under the names that they have there; of a directory those in it. */
function filesOf(machine: HostMachine, cwd: string, args: readonly string[], config: string): Record<string, string> {
  const named = new Set<string>()
  for (const arg of args) for (const part of [arg, ...arg.split(/[=,]/)]) if (part !== '' && !part.startsWith('--')) named.add(part.replace(/^-f/, '') || part)
  for (const [, path = ''] of config.matchAll(/(?:certificate-authority|client-certificate|client-key|tokenFile):\s*(\S+)/g)) named.add(path)
  const files: Record<string, string> = {}
  const add = (name: string, depth: number): void => {
    const full = absolutePath(cwd, name)
    const entry = machine.files.stat(full)
    if (entry?.kind === 'file') files[name] = machine.files.read(full)
    else if (entry?.kind === 'directory' && depth < 4 && /[./]/.test(name)) for (const each of machine.files.list(full)) add(`${name.replace(/\/$/, '')}/${each}`, depth + 1)
  }
  for (const name of named) add(name, 0)
  return files
}
