import type { Pod } from '../../api/core/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError } from '../call/errors.js'
import { endInterrupted, timeLimitOf } from '../call/interruption.js'
import { openSession, runSession } from '../call/sessions.js'
import { checkPodRunningTimeout, containerFor, objectNamed, podsOf } from './pod-target.js'

/** `kubectl attach (POD | TYPE/NAME) [-c CONTAINER] [-i]`. Source: kubectl pkg/cmd/attach/attach.go. */
export const attach: KubectlCommand = {
  name: 'attach',
  run(call) {
    const { flags, args, client, options, out } = call
    checkPodRunningTimeout(call)
    const [target, ...more] = args
    if (target === undefined) throw new KubectlError('at least 1 argument is required for attach')
    if (more.length > 1)
      throw new KubectlError(
        `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${call.args.length}: ` +
          `[${call.args.join(' ')}]`,
      )
    const { kind, object } = objectNamed(call, more[0] === undefined ? target : `${target}/${more[0]}`)
    const [pod] = podsOf(call, kind, object, 'attach to') as readonly (Pod | undefined)[]
    if (pod === undefined) throw new KubectlError('timed out waiting for the condition')
    const { phase } = pod.status
    if (phase === 'Succeeded' || phase === 'Failed')
      throw new KubectlError(`cannot attach a container in a completed pod; current phase is ${phase}`)
    const container = containerIn(call, pod)
    if (flags.bool('tty') && options.isTerminal !== true)
      out.errorLine('Unable to use a TTY - input is not a terminal or the right kind of file')
    if (!flags.bool('quiet')) {
      out.errorLine(RECORDED)
      out.errorLine(PROMPT)
    }
    const key = { namespace: pod.metadata.namespace ?? call.namespace, name: pod.metadata.name ?? '' }
    const stdin = flags.bool('stdin')
    const end = runSession(
      call,
      openSession(() => client.attach(key, { container, stdin, stdout: true, stderr: true })),
      stdin,
      timeLimitOf(call, LONGEST_ATTACHED),
    )
    if (end === undefined) endInterrupted(call)
    if (end?.error !== undefined) throw new KubectlError(`Internal error occurred: ${end.error}`)
  },
}

function containerIn(call: CommandLine, pod: Pod): string {
  try {
    return containerFor(call, pod, call.flags.string('container'), call.flags.bool('quiet'))
  } catch (error) {
    throw error instanceof KubectlError
      ? new KubectlError(`cannot attach to the container: ${error.message}`)
      : error
  }
}

/** Virtual ms for which a running container is followed; a user of the real kubectl would press Ctrl-C. */
const LONGEST_ATTACHED = 60_000

const RECORDED =
  'All commands and output from this session will be recorded in container logs, including ' +
  'credentials and sensitive information passed ' +
  'through the command prompt.'
const PROMPT = "If you don't see a command prompt, try pressing enter."

/** Options of attaching to a container. */
export interface Attaching {
  readonly stdin: boolean
  /** Milliseconds within which the pod must run. */
  readonly timeout: number
  /** Omits the two lines about the session. */
  readonly isQuiet?: boolean
}

/**
 * Shows the output of a container, from now on or, if it has exited, from its log. Returns whether all of it
 * was shown: a container that still runs is left after a while. Virtual time moves until the pod runs. Throws
 * KubectlError, ApiError. Source: kubectl pkg/cmd/run handleAttachPod, pkg/cmd/attach.
 */
export function attachTo(
  call: CommandLine,
  key: { readonly namespace: string; readonly name: string },
  container: string,
  { stdin, timeout, isQuiet = false }: Attaching,
): boolean {
  const { client, env, out } = call
  const phaseOf = (pod: Pod): string => pod.status.phase ?? ''
  const started = (): boolean => {
    const pod = client.get('pods', key)
    const states = [...(pod.status.containerStatuses ?? []), ...(pod.status.ephemeralContainerStatuses ?? [])]
    const state = states.find(({ name }) => name === container)?.state
    return (
      phaseOf(pod) === 'Succeeded' ||
      phaseOf(pod) === 'Failed' ||
      state?.running !== undefined ||
      state?.terminated !== undefined
    )
  }
  if (!started() && !env.until(started, timeout))
    throw new KubectlError('timed out waiting for the condition')
  const isOver = ['Succeeded', 'Failed'].includes(phaseOf(client.get('pods', key)))
  if (!isOver && !isQuiet) {
    out.errorLine(RECORDED)
    out.errorLine(PROMPT)
  }
  try {
    const end = isOver
      ? undefined
      : runSession(
          call,
          client.attach(key, { container, stdin, stdout: true, stderr: true }),
          stdin,
          timeLimitOf(call, LONGEST_ATTACHED),
        )
    if (end?.error !== undefined) throw new KubectlError(`Internal error occurred: ${end.error}`)
    if (isOver) runSession(call, client.logs(key, { container }), false)
    return isOver || end !== undefined
  } catch (error) {
    if (!isApiError(error)) throw error
    out.errorLine(
      `warning: couldn't attach to pod/${key.name}, falling back to streaming logs: ${error.message}`,
    )
    runSession(call, client.logs(key, { container }), false)
    return true
  }
}
