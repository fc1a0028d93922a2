import type { Pod } from '../../api/core/generated.js'
import type { Call, Command } from '../call.js'
import { KubectlError, SilentExit, usageError } from '../errors.js'
import { containerFor, objectNamed, podsOf } from './pod-target.js'

/** A command that does not end is given up after so long in virtual time. */
const LONGEST = 3_600_000

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
  const { client, env, flags, out, files } = call
  const name = flags.string('container')
  const container = name === '' ? containerFor(call, pod, '', flags.bool('quiet')) : name
  const stdin = flags.bool('stdin')
  if (flags.bool('tty')) out.errorLine('Unable to use a TTY - input is not a terminal or the right kind of file')
  const key = { namespace: pod.metadata.namespace ?? call.namespace, name: pod.metadata.name ?? '' }
  const session = client.exec(key, { container, command, stdin, stdout: true, stderr: true })
  if (stdin) {
    session.write(new TextEncoder().encode(files.stdin))
    session.closeInput()
  }
  if (session.end === undefined) env.until(() => session.end !== undefined, LONGEST)
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  for (const { stream, data } of session.read()) {
    const text = decoders[stream].decode(data, { stream: true })
    if (stream === 'stdout') out.write(text)
    else out.error(text)
  }
  const { end } = session
  if (end === undefined) {
    session.stop()
    throw new KubectlError('timed out waiting for the condition')
  }
  if (end.error !== undefined) throw new KubectlError(`Internal error occurred: ${end.error}`)
  if (end.exitCode === 0) return
  out.errorLine(`command terminated with exit code ${end.exitCode}`)
  throw new SilentExit(end.exitCode)
}
