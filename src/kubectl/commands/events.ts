import type { Event } from '../../api/core/generated.js'
import { formatApiVersion } from '../../api/scheme.js'
import type { Call, Command } from '../call.js'
import { inOrder, intervalOf } from '../describe/events.js'
import { KubectlError, NoResourceMatch } from '../errors.js'
import { formatOf } from '../print/format.js'
import { inGoOrder } from '../print/go-order.js'
import { printJson } from '../print/json.js'
import { printValue, withoutManagedFields } from '../print/object.js'
import { TABLE, TabWriter } from '../print/tabwriter.js'

/** `kubectl events`. Source: kubectl pkg/cmd/events. */
export const events: Command = {
  name: 'events',
  run(call) {
    const { flags, client, out, namespace } = call
    const all = flags.bool('all-namespaces')
    const types = flags.strings('types')
    for (const type of types) if (!['Normal', 'Warning'].some((one) => one.toLowerCase() === type.toLowerCase())) throw new KubectlError('valid --types are Normal or Warning')
    const fieldSelector = selectorOf(call)
    const { items } = client.list('events', { ...(all ? {} : { namespace }), ...(fieldSelector === '' ? {} : { fieldSelector }) })
    const found = inOrder(items.filter(({ type = '' }) => types.length === 0 || types.some((one) => one.toLowerCase() === type.toLowerCase())))
    const format = formatOf(call)
    if (format !== '') {
      const list = { apiVersion: 'v1', kind: 'EventList', metadata: {}, items: found.map(withoutManagedFields) }
      if (format === 'name') return
      out.write(format === 'json' ? printJson(inGoOrder(call.env.scheme, list), true) : printValue(list, format))
      return
    }
    if (found.length === 0) out.errorLine(all ? 'No events found.' : `No events found in ${namespace} namespace.`)
    else out.write(table(found, { all, noHeaders: flags.bool('no-headers'), now: call.env.clock.now() }))
  },
}

/** `--for pod/a` */
function selectorOf({ flags, env: { scheme } }: Call): string {
  const about = flags.string('for')
  if (about === '') return ''
  const [type = '', name = '', ...more] = about.split('/')
  if (type === '' || name === '' || more.length > 0) throw new KubectlError('--for must be in resource/name form')
  const definition = scheme.byName(type)
  if (definition === undefined) throw new NoResourceMatch(`the server doesn't have a resource type ${JSON.stringify(type)}`)
  return `involvedObject.kind=${definition.kind},involvedObject.apiVersion=${formatApiVersion(definition)},involvedObject.name=${name}`
}

function table(found: readonly Event[], { all, noHeaders, now }: { readonly all: boolean; readonly noHeaders: boolean; readonly now: number }): string {
  const headers = [...(all ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']
  const rows = found.map((event) => {
    const { type = '', reason = '', involvedObject: { kind = '', name = '' }, message = '', metadata } = event
    return [...(all ? [metadata.namespace ?? ''] : []), intervalOf(event, now), type, reason, `${kind}/${name}`, message.trim()]
  })
  return new TabWriter(TABLE).format((noHeaders ? rows : [headers, ...rows]).map((cells) => `${cells.join('\t')}\n`).join(''))
}
