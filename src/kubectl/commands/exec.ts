import type { Pod } from '../../api/core/generated.js'
import type { CommandLine, Command } from '../call.js'
import { KubectlError, usageError } from '../errors.js'
import { exitAs, openSession, runSession } from '../sessions.js'
import { containerFor, objectNamed, podsOf } from './pod-target.js'
import { parseDocuments } from '../manifests.js'

/**
 * `kubectl exec (POD | TYPE/NAME) [-c CONTAINER] [-i] [-t] -- COMMAND [ARG...]`. Source: kubectl
 * pkg/cmd/exec.
 */
export const exec: Command = {
  name: 'exec',
  run: (call) => {
    const { target, command } = wordsOf(call)
    const { kind, object } = objectNamed(call, target)
    const [pod] = podsOf(call, kind, object, 'attach to')
    if (!pod) throw new KubectlError('timed out waiting for the condition')
    const { phase } = pod.status
    if (phase === 'Succeeded' || phase === 'Failed')
      throw new KubectlError(`cannot exec into a container in a completed pod; current phase is ${phase}`)
    run(call, pod, command)
  },
}

/**
 * Returns the target and the command, which must follow `--`. Throws KubectlError. Source: exec
 * ExecOptions.Complete, Validate.
 */
function wordsOf({ args, dash, flags, files }: CommandLine): {
  readonly target: string
  readonly command: readonly string[]
} {
  const named = args.slice(0, dash ?? 1)
  const command = args.slice(dash ?? 1)
  const [file] = flags.strings('filename')
  const target = file === undefined ? named[0] : targetIn(files.read([file], false)[0]?.text ?? '')
  if (target === undefined) throw new KubectlError('pod, type/name or --filename must be specified')
  if (command.length === 0) throw new KubectlError('you must specify at least one command for the container')
  if (dash === undefined)
    throw usageError(
      'exec',
      'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead',
    )
  return { target, command }
}

/** Returns TYPE/NAME of the object in a file. */
function targetIn(text: string): string | undefined {
  const [object] = parseDocuments({ source: '', text }) as readonly {
    readonly kind?: string
    readonly metadata?: { readonly name?: string }
  }[]
  return object === undefined ? undefined : `${object.kind ?? ''}/${object.metadata?.name ?? ''}`
}

function run(call: CommandLine, pod: Pod, command: readonly string[]): void {
  const { client, flags, out } = call
  const name = flags.string('container')
  const container = name === '' ? containerFor(call, pod, '', flags.bool('quiet')) : name
  const stdin = flags.bool('stdin')
  if (flags.bool('tty'))
    out.errorLine('Unable to use a TTY - input is not a terminal or the right kind of file')
  const key = { namespace: pod.metadata.namespace ?? call.namespace, name: pod.metadata.name ?? '' }
  exitAs(
    call,
    runSession(
      call,
      openSession(() => client.exec(key, { container, command, stdin, stdout: true, stderr: true })),
      stdin,
    ),
  )
}
