import { absolutePath } from '../../shell/files/tree.js'
import type { CommandOutput } from '../commands/command.js'
import { etcdctl } from './etcdctl.js'
import { type EtcdClientCall, etcdutl } from './etcdutl.js'

/** What the image of etcd has besides etcd itself. Source: kubernetes cluster/images/etcd/Makefile. */
const PROGRAMS: Readonly<Record<string, (call: EtcdClientCall) => CommandOutput>> = { etcdctl, etcdutl }

/**
 * Runs a program of the image of etcd in the container of the control plane's etcd, which finds below the
 * same paths what its manifest mounts: certificates and data. The variables of the machine's shell do not
 * reach it. Undefined if it is no program of that container.
 */
export function etcdProgram(
  call: EtcdClientCall,
  pod: string,
  command: readonly string[],
): CommandOutput | undefined {
  const { machine } = call
  const { controlPlaneName, controlPlane } = machine.hosts
  if (controlPlane === undefined || pod !== `etcd-${controlPlaneName ?? ''}`) return undefined
  const words = plainWords(command)
  const first = words.findIndex((word) => !/^\w+=/.test(word))
  const given = first > 0 ? words.slice(0, first) : []
  const [program = '', ...args] = words.slice(given.length)
  const run = PROGRAMS[program.replace(/^\/usr\/local\/bin\//, '')]
  if (run === undefined) return undefined
  const env = new Map(given.map((each) => [each.replace(/=[^]*$/, ''), each.replace(/^\w+=/, '')]))
  return run({ ...call, machine: controlPlane, args, env, path: (path) => absolutePath('/', path) })
}

/**
 * The words of `env A=b etcdctl ...`, and of `sh -c 'A=b etcdctl ...'` if the shell has nothing to do but to
 * part them.
 */
function plainWords(command: readonly string[]): readonly string[] {
  const [program = '', flag, script = ''] = command
  if (program === 'env') return command.slice(1)
  if (!/^(?:\/bin\/)?sh$/.test(program) || flag !== '-c') return command
  const line = script.replaceAll(/\\\n/g, ' ').trim()
  return /[|;&<>$`"'\\\n*?#(){}]/.test(line) ? command : line.split(/\s+/)
}
