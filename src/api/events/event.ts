import { defineKind } from '../define.js'
import type { KindDefinition, KubeObject } from '../definition.js'
import { invalid, required, type FieldError } from '../field-error.js'
import { qualifiedNameFaults } from '../names.js'
import { eventDefinition } from '../core/event.js'
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

/** Source: pkg/apis/core/validation ValidateEventCreate for the new API. */
function validate(event: Event): readonly FieldError[] {
  const {
    eventTime,
    reportingController = '',
    reportingInstance = '',
    action = '',
    reason = '',
    type = '',
  } = event
  const errors: FieldError[] = []
  if (eventTime === null || eventTime === undefined) errors.push(required('eventTime'))
  if (reportingController === '') errors.push(required('reportingController'))
  for (const fault of qualifiedNameFaults(reportingController)) {
    errors.push(invalid('reportingController', reportingController, fault))
  }
  if (reportingInstance === '') errors.push(required('reportingInstance'))
  if (reportingInstance.length > 128)
    errors.push(invalid('reportingInstance', '', 'can have at most 128 characters'))
  if (action === '') errors.push(required('action'))
  if (reason === '') errors.push(required('reason'))
  if (type !== 'Normal' && type !== 'Warning') errors.push(invalid('type', '', `has invalid value: ${type}`))
  return errors
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
  strategy: { allowCreateOnUpdate: true },
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
