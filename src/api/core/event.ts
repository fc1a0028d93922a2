import { ageText } from '../duration.js'
import { column, defineKind, wideColumn } from '../define.js'
import type { KindDefinition, PrinterColumn } from '../definition.js'
import { invalid, type FieldError } from '../field-error.js'
import { dnsSubdomainFaults } from '../names.js'
import type { Event } from './generated.js'

/** Source: pkg/apis/core/validation legacyValidateEvent: the event must be in the namespace of its object. */
function validate({ metadata, involvedObject }: Event): readonly FieldError[] {
  const errors: FieldError[] = []
  const namespace = metadata.namespace ?? ''
  const about = involvedObject.namespace ?? ''
  if (about === '') {
    if (namespace !== '' && namespace !== 'default') {
      errors.push(invalid('involvedObject.namespace', about, 'does not match event.namespace'))
    }
  } else if (namespace !== about) {
    errors.push(invalid('involvedObject.namespace', about, 'does not match event.namespace'))
  }
  for (const fault of dnsSubdomainFaults(namespace)) errors.push(invalid('namespace', namespace, fault))
  return errors
}

const lastSeen = ({ series, lastTimestamp, firstTimestamp, eventTime }: Event): string | null | undefined =>
  series?.lastObservedTime ?? lastTimestamp ?? firstTimestamp ?? eventTime

const sourceText = ({ source, reportingComponent }: Event): string => {
  const name = source?.component ?? reportingComponent ?? ''
  return source?.host === undefined ? name : `${name}, ${source.host}`
}

function objectText({ involvedObject: { kind = '', name = '' } }: Event): string {
  return name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`
}

const columns: readonly PrinterColumn<Event>[] = [
  column('Last Seen', (event, now) => ageText(lastSeen(event), now)),
  column('Type', ({ type }) => type ?? ''),
  column('Reason', ({ reason }) => reason ?? ''),
  column('Object', objectText),
  wideColumn('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? ''),
  wideColumn('Source', sourceText),
  column('Message', ({ message }) => (message ?? '').trim()),
  wideColumn('First Seen', ({ firstTimestamp, eventTime }, now) => ageText(firstTimestamp ?? eventTime, now)),
  wideColumn('Count', ({ series, count }) => series?.count ?? count ?? 1),
  { name: 'Name', type: 'string', format: 'name', priority: 1, cell: ({ metadata }) => metadata.name ?? '' },
]

/** v1 Event, the stored version; events.k8s.io/v1 is another view of the same objects. */
export const eventDefinition: KindDefinition<Event> = defineKind<Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  shortNames: ['ev'],
  namespaced: true,
  storagePrefix: '/registry/events',
  validate,
  strategy: { metaOnUpdate: [0, 0], allowCreateOnUpdate: true },
  columns,
  selectableFields: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? '',
    source: ({ source, reportingComponent }) => source?.component ?? reportingComponent ?? '',
    type: ({ type }) => type ?? '',
  },
})
