import { quote } from '../../lang/go/quote.js'
import type { Pod } from '../../api/core/generated.js'
import type { Client } from '../../client/client.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError, usageError } from '../call/errors.js'
import { endInterrupted, timeLimitOf } from '../call/interruption.js'
import { checkPodRunningTimeout, containerFor, objectNamed, podsOf, withNamespace } from './pod-target.js'

type PodLogOptions = NonNullable<Parameters<Client['logs']>[1]>
type LogSource = ReturnType<Client['logs']>

/** Lines for each container if pods are selected by labels. */
const SELECTOR_TAIL = 10
const MOST_FOLLOWED = 5
/** Virtual ms for which `logs -f` of a synchronous call follows a container that does not exit. */
const LONGEST_FOLLOW = 3_600_000

/**
 * `kubectl logs POD [-c CONTAINER]`, `logs TYPE/NAME`, `logs -l SELECTOR`. Source: kubectl pkg/cmd/logs,
 * polymorphichelpers/logsforobject.go.
 */
export const logs: KubectlCommand = {
  name: 'logs',
  run: (call) => {
    const follow = new LogFollow(call)
    try {
      call.out.write(follow.initialText())
      if (!call.flags.bool('follow')) return
      call.env.until(
        () => {
          call.out.write(follow.nextText())
          return follow.ended
        },
        timeLimitOf(call, LONGEST_FOLLOW),
      )
      if (!follow.ended) endInterrupted(call, 1)
    } finally {
      follow.stop()
    }
  },
}

interface Source {
  readonly prefix: string
  readonly session: LogSource
  readonly decoder: TextDecoder
  /** Whether the next text begins a line. */
  isStart: boolean
}

/** The logs that a command line selects: existing lines first, then new ones. */
export class LogFollow {
  readonly #sources: readonly Source[]

  /** Throws the errors that kubectl prints. */
  constructor(call: CommandLine) {
    checkPodRunningTimeout(call)
    const options = optionsOf(call)
    const pairs = selectedContainers(call)
    const follows = call.flags.bool('follow')
    const most = call.flags.int('max-log-requests', MOST_FOLLOWED)
    if (follows && pairs.length > most) {
      throw new KubectlError(
        `you are attempting to follow ${pairs.length} log streams, but maximum allowed concurrency is ` +
          `${most}, use --max-log-requests to increase the limit`,
      )
    }
    const prefixed = call.flags.bool('prefix')
    this.#sources = pairs.map(({ pod, container }) => {
      const { name = '', namespace = call.namespace } = pod.metadata
      const session = call.client.logs({ namespace, name }, { ...options, container })
      return {
        session,
        prefix: prefixed ? `[pod/${name}/${container}] ` : '',
        decoder: new TextDecoder(),
        isStart: true,
      }
    })
  }

  initialText(): string {
    return this.nextText()
  }

  /** Text that has arrived since the last call. */
  nextText(): string {
    return this.#sources
      .map((source) => {
        const text = source.session
          .read()
          .map(({ data }) => source.decoder.decode(data, { stream: true }))
          .join('')
        if (source.prefix === '' || text === '') return text
        const lines = text.split(/(?<=\n)/)
        const printed = lines
          .map((line, at) => (at > 0 || source.isStart ? source.prefix + line : line))
          .join('')
        source.isStart = text.endsWith('\n')
        return printed
      })
      .join('')
  }

  /** Whether no more text will come. */
  get ended(): boolean {
    return this.#sources.every(({ session }) => session.end !== undefined)
  }

  onReady(listener: () => void): void {
    for (const { session } of this.#sources) session.onReady(listener)
  }

  stop(): void {
    for (const { session } of this.#sources) session.stop()
  }
}

function optionsOf({ flags }: CommandLine): PodLogOptions {
  if (flags.has('since') && flags.has('since-time'))
    throw new KubectlError('at most one of `sinceTime` or `sinceSeconds` may be specified')
  const tail = flags.has('tail') ? flags.int('tail', -1) : flags.has('selector') ? SELECTOR_TAIL : -1
  const limit = flags.int('limit-bytes', 0)
  if (limit < 0) throw new KubectlError('--limit-bytes must be greater than 0')
  const since = flags.string('since-time')
  if (since !== '' && Number.isNaN(Date.parse(since)))
    throw new KubectlError(
      `parsing time ${quote(since)} as "2006-01-02T15:04:05Z07:00": cannot parse ` +
        `${quote(since)} as "2006"`,
    )
  const sinceSeconds = Math.ceil(flags.duration('since', 0) / 1000)
  if (sinceSeconds < 0) throw new KubectlError('--since must be greater than 0')
  if (tail < -1) throw new KubectlError('--tail must be greater than or equal to -1')
  return {
    ...(flags.bool('follow') ? { follow: true } : {}),
    ...(flags.bool('previous') ? { previous: true } : {}),
    ...(flags.bool('timestamps') ? { timestamps: true } : {}),
    ...(tail >= 0 ? { tailLines: tail } : {}),
    ...(sinceSeconds > 0 ? { sinceSeconds } : {}),
    ...(flags.has('since-time') ? { sinceTime: flags.string('since-time') } : {}),
    ...(limit > 0 ? { limitBytes: limit } : {}),
  }
}

/** Returns the selected pods and containers. */
function selectedContainers(call: CommandLine): readonly { readonly pod: Pod; readonly container: string }[] {
  const { flags, args } = call
  const selector = flags.string('selector')
  const [name, second, ...more] = args
  if (flags.has('selector') && args.length > 0)
    throw usageError('logs', 'only a selector (-l) or a POD name is allowed')
  if (!flags.has('selector') && (name === undefined || more.length > 0)) {
    throw usageError(
      'logs',
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required " +
        'argument for the logs command',
    )
  }
  if (flags.string('container') !== '' && second !== undefined)
    throw new KubectlError('only one of -c or an inline [CONTAINER] arg is allowed')
  const container = flags.string('container') || (second ?? '')
  if (flags.bool('all-containers') && container !== '')
    throw new KubectlError(`--all-containers=true should not be specified with container name ${container}`)
  const pods = flags.has('selector')
    ? call.client.list('pods', { namespace: call.namespace, labelSelector: selector }).items
    : podsNamed(call, name as string)
  if (pods.length === 0) call.out.errorLine(`No resources found in ${call.namespace} namespace.`)
  return pods.flatMap((pod) => {
    if (!flags.bool('all-containers')) return [{ pod, container: logContainer(call, pod, container) }]
    const { containers, initContainers = [] } = pod.spec
    return [...initContainers, ...containers].map((one) => ({ pod, container: one.name }))
  })
}

function logContainer(call: CommandLine, pod: Pod, name: string): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  if (
    name !== '' &&
    ![...containers, ...initContainers, ...ephemeralContainers].some((one) => one.name === name)
  ) {
    throw new KubectlError(`container ${name} is not valid for pod ${pod.metadata.name ?? ''}`)
  }
  return containerFor(call, pod, name)
}

function podsNamed(call: CommandLine, name: string): readonly Pod[] {
  let found: ReturnType<typeof objectNamed>
  try {
    found = objectNamed(call, name)
  } catch (error) {
    throw withNamespace(call, error)
  }
  const pods = podsOf(call, found.kind, found.object)
  const [first] = pods
  if (found.kind === 'Pod' || !first || call.flags.bool('all-pods')) return pods
  if (pods.length > 1) call.out.errorLine(`Found ${pods.length} pods, using pod/${first.metadata.name ?? ''}`)
  return [first]
}
