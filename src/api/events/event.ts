import { defineKind } from '../kind/define.js'
import type { KindDefinition, KubeObject } from '../kind/definition.js'
import { invalid, required, type FieldError } from '../field-error.js'
import { semanticEqual } from '../kind/equal.js'
import { internalForm } from '../kind/internal-form.js'
import { eventDefinition, validateEvent } from '../core/event.js'
import type { Event as CoreEvent } from '../core/generated.js'
import type { Event } from './generated.js'

/** Returns the object without undefined members. */
function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}

/** Converts an events.k8s.io/v1 event to core v1. Source: pkg/apis/events/v1/conversion.go. */
export function toCoreEvent(event: Event): CoreEvent {
  const {
    metadata,
    eventTime,
    series,
    reportingController,
    reportingInstance,
    action,
    reason,
    regarding,
    related,
    note,
    type,
  } = event
  return compact({
    apiVersion: 'v1',
    kind: 'Event',
    metadata,
    involvedObject: regarding ?? {},
    reason,
    message: note,
    source: event.deprecatedSource ?? {},
    firstTimestamp: event.deprecatedFirstTimestamp ?? null,
    lastTimestamp: event.deprecatedLastTimestamp ?? null,
    count: event.deprecatedCount,
    type,
    eventTime: eventTime ?? null,
    series,
    action,
    related,
    reportingComponent: reportingController ?? '',
    reportingInstance: reportingInstance ?? '',
  }) as CoreEvent
}

/** Converts a core v1 event to events.k8s.io/v1. */
export function fromCoreEvent(event: CoreEvent): Event {
  const {
    metadata,
    eventTime,
    series,
    reportingComponent,
    reportingInstance,
    action,
    reason,
    involvedObject,
    related,
    message,
    type,
  } = event
  const orAbsent = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
  return compact({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata,
    eventTime: eventTime ?? null,
    series,
    reportingController: orAbsent(reportingComponent),
    reportingInstance: orAbsent(reportingInstance),
    action,
    reason,
    regarding: involvedObject,
    related,
    note: message,
    type,
    deprecatedSource: event.source ?? {},
    deprecatedFirstTimestamp: event.firstTimestamp ?? null,
    deprecatedLastTimestamp: event.lastTimestamp ?? null,
    deprecatedCount: event.count,
  }) as Event
}

const field = 'reportingController'

/** Source: pkg/apis/core/validation ValidateEventCreate for the new API. */
function validate(sent: Event): readonly FieldError[] {
  const event = toCoreEvent(sent)
  const errors = [...validateEvent(event, field), ...validateSeries(event)]
  const { type = '', source = {}, count = 0 } = event
  if ((event.eventTime ?? null) === null) errors.push(required('eventTime'))
  if (type !== 'Normal' && type !== 'Warning') errors.push(invalid('type', '', `has invalid value: ${type}`))
  const old = {
    firstTimestamp: (event.firstTimestamp ?? null) !== null,
    lastTimestamp: (event.lastTimestamp ?? null) !== null,
    count: count !== 0,
    source: (source.component ?? '') !== '' || (source.host ?? '') !== '',
  }
  for (const [name, isSet] of Object.entries(old))
    if (isSet) errors.push(invalid(name, '', 'needs to be unset'))
  return errors
}

/** Source: validateV1EventSeries. */
function validateSeries({ series }: CoreEvent): readonly FieldError[] {
  if (series === undefined) return []
  const errors: FieldError[] = []
  if ((series.lastObservedTime ?? null) === null) errors.push(required('series.lastObservedTime'))
  if ((series.count ?? 0) < 2) errors.push(invalid('series.count', '', 'should be at least 2'))
  return errors
}

/** The fields that never change, in upstream's order, which has one of them twice. */
const fixed = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'reason',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
] as const
const shownNames: Readonly<Record<string, string>> = { reportingComponent: field }
const messages: Readonly<Record<string, string>> = {
  involvedObject: 'core.v1.ObjectReference',
  related: 'core.v1.ObjectReference',
  source: 'core.v1.EventSource',
}
const texts = new Set(['reason', 'message', 'type', 'action', 'reportingComponent', 'reportingInstance'])

/** Source: ValidateEventUpdate for the new API. */
function validateUpdate(sentNext: Event, sentOld: Event): readonly FieldError[] {
  const next = toCoreEvent(sentNext)
  const old = toCoreEvent(sentOld)
  const errors = [...validateEvent(next, field)]
  if (!semanticEqual(next.series, old.series)) errors.push(...validateSeries(next))
  for (const name of fixed) {
    if (semanticEqual(next[name], old[name])) continue
    errors.push(invalid(shownNames[name] ?? name, shownValue(name, next[name]), 'field is immutable'))
  }
  return errors
}

function shownValue(name: string, value: unknown): unknown {
  const message = messages[name]
  if (message !== undefined && typeof value === 'object' && value !== null)
    return internalForm(message, value)
  return value ?? (texts.has(name) ? '' : name === 'count' ? 0 : null)
}

const core = (event: Event): CoreEvent => toCoreEvent(event)

/** events.k8s.io/v1 Event: another view of the events that are stored as core v1. */
export const eventsEventDefinition: KindDefinition<Event> = defineKind<Event>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  shortNames: ['ev'],
  namespaced: true,
  storagePrefix: '/registry/events',
  stored: {
    group: '',
    version: 'v1',
    encode: core,
    decode: (stored: KubeObject) => fromCoreEvent(stored as CoreEvent),
  },
  validate,
  validateUpdate,
  strategy: { allowCreateOnUpdate: true, defaultPropagation: 'Unsupported', timeToLive: 3600 },
  columns: eventDefinition.columns.map((column) => ({
    ...column,
    cell: (event, now) => column.cell(core(event), now),
  })),
  selectableFields: {
    'regarding.kind': ({ regarding }) => regarding?.kind ?? '',
    'regarding.namespace': ({ regarding }) => regarding?.namespace ?? '',
    'regarding.name': ({ regarding }) => regarding?.name ?? '',
    'regarding.uid': ({ regarding }) => regarding?.uid ?? '',
    'regarding.apiVersion': ({ regarding }) => regarding?.apiVersion ?? '',
    'regarding.resourceVersion': ({ regarding }) => regarding?.resourceVersion ?? '',
    'regarding.fieldPath': ({ regarding }) => regarding?.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingController: ({ reportingController }) => reportingController ?? '',
    type: ({ type }) => type ?? '',
  },
})
