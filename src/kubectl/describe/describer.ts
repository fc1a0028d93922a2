import type { KindDefinition, KubeObject } from '../../api/definition.js'
import type { Client } from '../../client/client.js'
import type { Release } from '../release.js'
import { eventsAbout, writeEvents } from './events.js'
import { writeAnnotations, writeLabels } from './writer.js'
import type { DescriptionWriter } from './writer.js'

/** What a description needs besides the object. */
export interface DescribeContext {
  readonly client: Client
  readonly definition: KindDefinition
  readonly release: Release
  /** Virtual ms, for ages. */
  readonly now: number
  readonly withEvents: boolean
}

/** Describes one object of a kind. */
export type Describer<T extends KubeObject> = (
  out: DescriptionWriter,
  object: T,
  context: DescribeContext,
) => void

/** Name, namespace (of kinds that have one), labels and annotations: how most descriptions begin. */
export function writeHead(out: DescriptionWriter, { metadata }: KubeObject): void {
  writeNames(out, { metadata })
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
}

/** Name, and namespace of kinds that have one. */
export function writeNames(out: DescriptionWriter, { metadata }: KubeObject): void {
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  if (metadata.namespace !== undefined) out.line(0, `Namespace:\t${metadata.namespace}`)
}

/** The events about an object, unless they are not wanted. Source: kubectl pkg/describe searchEvents. */
export function writeObjectEvents(
  out: DescriptionWriter,
  { metadata }: KubeObject,
  context: DescribeContext,
): void {
  if (!context.withEvents) return
  const { name = '', namespace, uid = '' } = metadata
  const {
    client,
    definition: { kind },
    now,
    release,
  } = context
  const about = { name, namespace: namespace ?? '', kind, uid }
  writeEvents(out, eventsAbout(client, about, namespace), { now, namesField: release.namesFieldOfEvents })
}

/** `Deployment/web` of the controller that owns an object; undefined when none does. */
export function controllerOf({ metadata }: KubeObject): string | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  return owner === undefined ? undefined : `${owner.kind}/${owner.name}`
}

/** `True`, `False`, or `<unset>`. */
export function boolText(value: boolean | null | undefined): string {
  return value === undefined || value === null ? '<unset>' : value ? 'True' : 'False'
}

/** Entries of a map in the order of their keys. */
export function sortedEntries<T>(
  map: Readonly<Record<string, T>> | undefined,
): readonly (readonly [string, T])[] {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
}
