import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import { ageText } from '../../lang/go/duration.js'
import type { Client } from '../../client/client.js'
import type { KubectlRelease } from '../call/release.js'
import { eventsAbout, writeEvents } from './events.js'
import { writeAnnotations, writeLabels } from './writer.js'
import type { DescriptionWriter } from './writer.js'
import { byKey } from '../../lang/text/order.js'

/** What a description needs besides the object. */
export interface DescribeContext {
  readonly client: Client
  readonly definition: KindDefinition
  readonly release: KubectlRelease
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

/**
 * Writes name, namespace (of namespaced kinds), labels and annotations, with which most descriptions begin.
 */
export function writeHead(out: DescriptionWriter, { metadata }: KubeObject): void {
  writeNames(out, { metadata })
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
}

/** Writes the name, and the namespace of namespaced kinds. */
export function writeNames(out: DescriptionWriter, { metadata }: KubeObject): void {
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  if (metadata.namespace !== undefined) out.line(0, `Namespace:\t${metadata.namespace}`)
}

/**
 * Writes the events about an object, unless `withEvents` is false. Source: kubectl pkg/describe searchEvents.
 */
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

/** Names the controller that owns an object: `Deployment/web`; undefined if there is none. */
export function controllerOf({ metadata }: KubeObject): string | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  return owner === undefined ? undefined : `${owner.kind}/${owner.name}`
}

/** Status of a volume or a claim: its phase, or for how long it has been terminating. */
export function phaseText(
  { deletionTimestamp }: KubeObject['metadata'],
  phase: string | undefined,
  { now }: DescribeContext,
): string {
  if (deletionTimestamp === undefined) return phase ?? ''
  return `Terminating (lasts ${ageText(deletionTimestamp, now)})`
}

/** Formats `True`, `False`, or `<unset>`. */
export function boolText(value: boolean | null | undefined): string {
  return value === undefined || value === null ? '<unset>' : value ? 'True' : 'False'
}

/** Entries of a map, sorted by key. */
export function sortedEntries<T>(
  map: Readonly<Record<string, T>> | undefined,
): readonly (readonly [string, T])[] {
  return Object.entries(map ?? {}).sort(byKey)
}
