import type { Pod } from '../../api/core/generated.js'
import type { Call, Command } from '../call.js'
import { KubectlError, usageError } from '../errors.js'
import { endAs, pump } from '../streams.js'
import { containerFor, objectNamed, podsOf } from './pod-target.js'

/** `kubectl exec (POD | TYPE/NAME) [-c CONTAINER] [-i] [-t] -- COMMAND [ARG...]`. Source: kubectl pkg/cmd/exec. */
export const exec: Command = {
  name: 'exec',
  run: (call) => {
    const [target, ...command] = call.args
    if (target === undefined) throw usageError('exec', 'pod, type/name or --filename must be specified')
    if (command.length === 0) throw usageError('exec', 'you must specify at least one command for the container')
    const { kind, object } = objectNamed(call, target)
    const [pod] = podsOf(call, kind, object)
    if (!pod) throw new KubectlError('timed out waiting for the condition')
    const { phase } = pod.status
    if (phase === 'Succeeded' || phase === 'Failed') throw new KubectlError(`cannot exec into a container in a completed pod; current phase is ${phase}`)
    run(call, pod, command)
  },
}

function run(call: Call, pod: Pod, command: readonly string[]): void {
  const { client, flags, out } = call
  const name = flags.string('container')
  const container = name === '' ? containerFor(call, pod, '', flags.bool('quiet')) : name
  const stdin = flags.bool('stdin')
  if (flags.bool('tty')) out.errorLine('Unable to use a TTY - input is not a terminal or the right kind of file')
  const key = { namespace: pod.metadata.namespace ?? call.namespace, name: pod.metadata.name ?? '' }
  endAs(call, pump(call, client.exec(key, { container, command, stdin, stdout: true, stderr: true }), stdin))
}
