import { containersOf } from '../machine/containers.js'
import { humanDuration, table } from '../machine/texts.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, readOptions } from './command.js'
import { logs } from './crictl.js'

/** `docker ps [-a]` and `docker logs`, as on machines of the time when the kubelet used docker. */
export function docker({ args, machine }: CommandCall): CommandOutput {
  const options = readOptions(args, ['f', 'filter', 'format', 'tail', 'n'])
  const [verb = ''] = options.words
  const now = machine.cluster.now()
  const all = containersOf(machine)
  if (verb === 'logs') return logs(machine, { ...options, words: options.words.slice(1) })
  if (verb !== 'ps') return failed(`docker: '${verb}' is not a docker command.\nSee 'docker --help'`)
  const shown = all.filter((each) => options.has('a', 'all') || each.state === 'Running')
  if (options.has('q', 'quiet')) return { stdout: shown.map((each) => `${each.id.slice(0, 12)}\n`).join('') }
  const rows = shown.map((each) => {
    const status =
      each.state === 'Running'
        ? `Up ${humanDuration(now - each.createdAt)}`
        : `Exited (${each.exitCode ?? 0}) ${humanDuration(now - (each.finishedAt ?? now))} ago`
    const name = `k8s_${each.name}_${each.pod}_${each.namespace}_${each.podId.slice(0, 32)}_${each.attempt}`
    return [
      each.id.slice(0, 12),
      each.image,
      `"${each.name}"`,
      `${humanDuration(now - each.createdAt)} ago`,
      status,
      '',
      name,
    ]
  })
  return {
    stdout: table([['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'], ...rows]),
  }
}
