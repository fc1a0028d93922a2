import type { Pod } from '../../api/core/generated.js'
import type { Call, Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { endInterrupted, patienceOf } from '../patience.js'
import { opened, pump } from '../streams.js'
import { containerFor, objectNamed, podsOf } from './pod-target.js'

/**
 * A container that goes on is watched so long, in virtual time; a user of the real kubectl would leave it.
 */
const LONGEST_ATTACHED = 60_000

/** `kubectl attach (POD | TYPE/NAME) [-c CONTAINER] [-i]`. Source: kubectl pkg/cmd/attach/attach.go. */
export const attach: Command = {
  name: 'attach',
  run(call) {
    const { flags, args, client, out } = call
    const [target, ...more] = args
    if (target === undefined) throw new KubectlError('at least 1 argument is required for attach')
    if (more.length > 1)
      throw new KubectlError('expected fewer than three arguments: POD or TYPE/NAME or TYPE NAME')
    const { kind, object } = objectNamed(call, more[0] === undefined ? target : `${target}/${more[0]}`)
    const [pod] = podsOf(call, kind, object, 'attach to') as readonly (Pod | undefined)[]
    if (pod === undefined) throw new KubectlError('timed out waiting for the condition')
    const { phase } = pod.status
    if (phase === 'Succeeded' || phase === 'Failed')
      throw new KubectlError(`cannot attach a container in a completed pod; current phase is ${phase}`)
    const container = containerIn(call, pod)
    if (flags.bool('tty'))
      out.errorLine('Unable to use a TTY - input is not a terminal or the right kind of file')
    if (!flags.bool('quiet')) {
      out.errorLine(
        'All commands and output from this session will be recorded in container logs, including ' +
          'credentials and sensitive information passed ' +
          'through the command prompt.',
      )
      out.errorLine("If you don't see a command prompt, try pressing enter.")
    }
    const key = { namespace: pod.metadata.namespace ?? call.namespace, name: pod.metadata.name ?? '' }
    const stdin = flags.bool('stdin')
    const end = pump(
      call,
      opened(() => client.attach(key, { container, stdin, stdout: true, stderr: true })),
      stdin,
      patienceOf(call, LONGEST_ATTACHED),
    )
    if (end === undefined) endInterrupted(call)
    if (end?.error !== undefined) throw new KubectlError(`Internal error occurred: ${end.error}`)
  },
}

function containerIn(call: Call, pod: Pod): string {
  try {
    return containerFor(call, pod, call.flags.string('container'), call.flags.bool('quiet'))
  } catch (error) {
    throw error instanceof KubectlError
      ? new KubectlError(`cannot attach to the container: ${error.message}`)
      : error
  }
}
