import { ageText } from '../../lang/go/duration.js'
import { column, defineKind, wideColumn } from '../kind/define.js'
import type { KindDefinition, PrinterColumn } from '../kind/definition.js'
import { invalid, required, type FieldError } from '../field-error.js'
import { validateLabelName } from '../meta/label-validation.js'
import { dnsSubdomainFaults, pathSegmentName } from '../validation/names.js'
import type { Event } from './generated.js'

const atMost = (limit: number): string => `can have at most ${limit} characters`

/**
 * Validates an event as the old API does: of its object's namespace, and if it has an eventTime, complete.
 * Source: pkg/apis/core/validation legacyValidateEvent.
 */
export function validateEvent(event: Event, controllerField: string): readonly FieldError[] {
  const errors: FieldError[] = []
  const namespace = event.metadata.namespace ?? ''
  const about = event.involvedObject.namespace ?? ''
  // made only when it is needed, since most requests create events
  const foreign = (): FieldError =>
    invalid('involvedObject.namespace', about, 'does not match event.namespace')
  if ((event.eventTime ?? null) === null) {
    const isForeign = about === '' ? namespace !== '' && namespace !== 'default' : namespace !== about
    if (isForeign) errors.push(foreign())
  } else {
    if (about === '' && namespace !== 'default' && namespace !== 'kube-system') errors.push(foreign())
    validateComplete(event, controllerField, errors)
  }
  for (const fault of dnsSubdomainFaults(namespace)) errors.push(invalid('namespace', namespace, fault))
  return errors
}

function validateComplete(event: Event, controllerField: string, errors: FieldError[]): void {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event
  if (reportingComponent === '') errors.push(required(controllerField))
  errors.push(...validateLabelName(reportingComponent, controllerField))
  for (const [field, value] of Object.entries({ reportingInstance, action, reason })) {
    if (value === '') errors.push(required(field))
    if (value.length > 128) errors.push(invalid(field, '', atMost(128)))
  }
  if (message.length > 1024) errors.push(invalid('message', '', atMost(1024)))
}

const validate = (event: Event): readonly FieldError[] => validateEvent(event, 'reportingComponent')

const lastSeen = ({ series, lastTimestamp, firstTimestamp, eventTime }: Event): string | null | undefined =>
  series?.lastObservedTime ?? lastTimestamp ?? firstTimestamp ?? eventTime

const orElse = (text: string | undefined, other: string | undefined): string => text || (other ?? '')

/** Source: pkg/printers/internalversion formatEventSource. */
const sourceText = ({ source, reportingComponent, reportingInstance }: Event): string => {
  const name = orElse(source?.component, reportingComponent)
  const instance = orElse(source?.host, reportingInstance)
  return instance === '' ? name : `${name}, ${instance}`
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
  validateName: pathSegmentName,
  validate,
  strategy: {
    metaOnUpdate: [0, 0],
    allowCreateOnUpdate: true,
    defaultPropagation: 'Unsupported',
    timeToLive: 3600,
  },
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
