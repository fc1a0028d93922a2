import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError, throwCollected, usageError } from '../call/errors.js'
import { readManifests } from '../call/manifests.js'
import { exitAs, openSession, runSession } from '../call/sessions.js'
import { checkPodRunningTimeout, containerFor, objectNamed, podsOf } from './pod-target.js'

/**
 * `kubectl exec (POD | TYPE/NAME) [-c CONTAINER] [-i] [-t] -- COMMAND [ARG...]`. Source: kubectl
 * pkg/cmd/exec.
 */
export const exec: KubectlCommand = {
  name: 'exec',
  run: (call) => {
    const { target, command } = wordsOf(call)
    const { kind, object } = call.flags.has('filename')
      ? objectInFile(call, target)
      : objectNamed(call, target ?? '')
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
function wordsOf(call: CommandLine): {
  readonly target: string | undefined
  readonly command: readonly string[]
} {
  const { args, dash, flags } = call
  const hasFile = flags.has('filename')
  const target = dash === 0 ? undefined : args[0]
  if (dash === undefined && (args.length > 1 || (args.length > 0 && hasFile)))
    throw usageError(
      'exec',
      'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead',
    )
  checkPodRunningTimeout(call)
  if (target === undefined && !hasFile)
    throw new KubectlError('pod, type/name or --filename must be specified')
  const command = dash === undefined ? [] : args.slice(dash)
  if (command.length === 0) throw new KubectlError('you must specify at least one command for the container')
  return { target, command }
}

/** Returns the object of `-f`, as the file has it: the server is not asked for it. */
function objectInFile(
  call: CommandLine,
  target: string | undefined,
): { readonly kind: string; readonly object: KubeObject } {
  const args = target === undefined ? [] : [target.includes('/') ? target : `pods/${target}`]
  const { infos, errors } = readManifests(call, { args, isTyped: true })
  throwCollected(errors)
  const [info, ...more] = infos
  if (info === undefined || more.length > 0)
    throw new KubectlError('cannot exec into multiple objects at a time')
  // a file has no status, and the rules for pods look at it
  const object = { status: {}, ...info.object }
  return { kind: info.definition.kind, object }
}

function run(call: CommandLine, pod: Pod, command: readonly string[]): void {
  const { client, flags, options, out } = call
  const name = flags.string('container')
  const container = name === '' ? containerFor(call, pod, '', flags.bool('quiet')) : name
  const stdin = flags.bool('stdin')
  if (flags.bool('tty') && options.isTerminal !== true)
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
