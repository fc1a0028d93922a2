import { escapeTerminal } from '../print/escape-terminal.js'
import { quote } from '../../lang/go/quote.js'
import type { Event } from '../../api/core/generated.js'
import { formatApiVersion } from '../../api/api-version.js'
import type { Watch } from '../../client/client.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { inOrder, intervalOf } from '../describe/events.js'
import { KubectlError, NoResourceMatch } from '../call/errors.js'
import type { RunningWatch } from '../call/interruption.js'
import { printWatch } from '../call/interruption.js'
import { formatOf } from '../print/template.js'
import { inGoOrder } from '../print/go-field-order.js'
import { printJson } from '../print/json.js'
import { printValue, withoutManagedFields } from '../print/object.js'
import { TABLE, TabWriter } from '../../lang/text/tabwriter.js'

/** `kubectl events`. Source: kubectl pkg/cmd/events. */
export const events: KubectlCommand = {
  name: 'events',
  run(call) {
    const { flags, client, out, namespace } = call
    const all = flags.bool('all-namespaces')
    const types = flags.strings('types')
    for (const type of types)
      if (!['Normal', 'Warning'].some((one) => one.toLowerCase() === type.toLowerCase()))
        throw new KubectlError('valid --types are Normal or Warning')
    const fieldSelector = selectorOf(call)
    const options = { ...(all ? {} : { namespace }), ...(fieldSelector === '' ? {} : { fieldSelector }) }
    const isAsked = ({ type = '' }: Event): boolean =>
      types.length === 0 || types.some((one) => one.toLowerCase() === type.toLowerCase())
    const format = formatOf(call)
    if (flags.bool('watch'))
      return printWatch(
        call,
        () => new EventWatch(call, client.watch('events', options), { isAsked, format }),
      )
    const found = inOrder(client.list('events', options).items.filter(isAsked))
    if (format !== '') {
      const list = {
        apiVersion: 'v1',
        kind: 'EventList',
        metadata: {},
        items: found.map(withoutManagedFields),
      }
      if (format === 'name') return
      out.write(
        format === 'json' ? printJson(inGoOrder(call.env.scheme, list), true) : printValue(list, format),
      )
      return
    }
    if (found.length === 0)
      out.errorLine(all ? 'No events found.' : `No events found in ${namespace} namespace.`)
    else
      out.write(
        new TabWriter(TABLE).format(
          rowsOf(found, { all, noHeaders: flags.bool('no-headers'), now: call.env.clock.now() }),
        ),
      )
  },
}

/** Parses `--for pod/a`. */
function selectorOf({ flags, env: { scheme } }: CommandLine): string {
  const about = flags.string('for')
  if (about === '') return ''
  const [type = '', name = '', ...more] = about.split('/')
  if (type === '' || name === '' || more.length > 0)
    throw new KubectlError('--for must be in resource/name form')
  const definition = scheme.byName(type)
  if (definition === undefined)
    throw new NoResourceMatch(`the server doesn't have a resource type ${quote(type)}`)
  return (
    `involvedObject.kind=${definition.kind},involvedObject.apiVersion=${formatApiVersion(definition)},` +
    `involvedObject.name=${name}`
  )
}

interface Shown {
  readonly isAsked: (event: Event) => boolean
  readonly format: string
}

/** Events as they arrive; the existing ones come first, in the order of their names. */
class EventWatch implements RunningWatch {
  readonly #call: CommandLine
  readonly #watch: Watch<Event>
  readonly #shown: Shown
  readonly #writer = new TabWriter(TABLE)
  #isFirst = true

  constructor(call: CommandLine, watch: Watch<Event>, shown: Shown) {
    this.#call = call
    this.#watch = watch
    this.#shown = shown
  }

  nextText(): string {
    const { flags, env } = this.#call
    const { isAsked, format } = this.#shown
    const found = this.#watch
      .next()
      .filter(({ type, object }) => (type === 'ADDED' || type === 'MODIFIED') && isAsked(object))
      .map(({ object }) => object)
    if (format !== '') return found.map((event) => printed(this.#call, event, format)).join('')
    if (found.length === 0) return ''
    const noHeaders = !this.#isFirst || flags.bool('no-headers')
    this.#isFirst = false
    return this.#writer.format(
      rowsOf(found, { all: flags.bool('all-namespaces'), noHeaders, now: env.clock.now() }),
    )
  }

  onReady(listener: () => void): void {
    this.#watch.onReady(listener)
  }

  stop(): void {
    this.#watch.stop()
  }
}

function printed({ env: { scheme } }: CommandLine, event: Event, format: string): string {
  if (format === 'name') return `event/${event.metadata.name ?? ''}\n`
  const shown = withoutManagedFields({ ...event, kind: 'Event', apiVersion: 'v1' })
  const {
    items: [first],
  } = inGoOrder(scheme, { kind: 'EventList', apiVersion: 'v1', metadata: {}, items: [shown] })
  return format === 'json' ? printJson(first, true) : printValue(shown, format)
}

/** Formats each event as one line of cells separated by tabs. */
function rowsOf(
  found: readonly Event[],
  { all, noHeaders, now }: { readonly all: boolean; readonly noHeaders: boolean; readonly now: number },
): string {
  const headers = [...(all ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']
  const rows = found.map((event) => {
    const {
      type = '',
      reason = '',
      involvedObject: { kind = '', name = '' },
      message = '',
      metadata,
    } = event
    const cells = [intervalOf(event, now), type, reason, `${kind}/${name}`, message.trim()]
    return [...(all ? [metadata.namespace ?? ''] : []), ...cells.map(escapeTerminal)]
  })
  return (noHeaders ? rows : [headers, ...rows]).map((cells) => `${cells.join('\t')}\n`).join('')
}
