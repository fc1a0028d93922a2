import { canonical } from './compare.js'
import { messageSet, RecordingNormaliser } from '../../../src/real/recording/normalise.js'
import type { RecordedResponse, Scenario } from '../../../src/real/recording/scenario.js'

/**
 * Brings what was recorded and what came here into the same form, by the recordings' rules of normalisation.
 */
export class Comparison {
  readonly #normaliser: RecordingNormaliser
  readonly #keepsManagedFields: boolean
  readonly #areChildren: boolean

  constructor(scenario: Scenario) {
    const { steps, namespace, group, managedFieldsStripped, id, on } = scenario
    const sent = JSON.stringify([
      namespace,
      steps.map(({ request }) => [request?.path, request?.body, request?.bodyText]),
    ])
    this.#keepsManagedFields = group === 'apply' && managedFieldsStripped !== true
    this.#areChildren = group === 'gc' || id.startsWith('gc-')
    this.#normaliser = new RecordingNormaliser(sent, {
      keepsManagedFields: this.#keepsManagedFields,
      hasMachines: on !== undefined,
    })
  }

  /**
   * Notes the uids and generated names of an answer; all answers of a scenario are noted before the first is
   * compared.
   */
  learn({ body, events }: RecordedResponse): void {
    this.#normaliser.learn(body ?? events)
  }

  actual({ code, headers = {}, body, bodyText, events }: RecordedResponse): RecordedResponse {
    const normaliser = this.#normaliser
    return {
      code,
      headers: normaliser.value(headers) as NonNullable<RecordedResponse['headers']>,
      ...(body === undefined ? {} : { body: asSets(withSortedCauses(normaliser.value(body))) }),
      ...(bodyText === undefined ? {} : { bodyText: normaliser.text(bodyText) }),
      ...(events === undefined
        ? {}
        : { events: this.#inOrder(normaliser.value(events) as NonNullable<RecordedResponse['events']>) }),
    }
  }

  expected(response: RecordedResponse): RecordedResponse {
    const { body, events } = response
    return {
      ...response,
      ...(body === undefined
        ? {}
        : { body: asSets(withSortedCauses(this.#stripped(this.#completed(body)))) }),
      ...(events === undefined ? {} : { events: this.#inOrder(this.#stripped(events) as typeof events) }),
    }
  }

  /** Names cut to 58 characters and completed show no `<rand>` in the recordings. */
  #completed(body: unknown): unknown {
    return JSON.parse(
      JSON.stringify(body, (_, value: unknown) =>
        typeof value === 'string' && value.length > 60 ? this.#normaliser.text(value) : value,
      ),
    )
  }

  #stripped(value: unknown): unknown {
    return this.#keepsManagedFields
      ? value
      : JSON.parse(
          JSON.stringify(value, (key, member: unknown) => (key === 'managedFields' ? undefined : member)),
        )
  }

  /**
   * Children are deleted and orphaned in no certain order: only the order of the events of one object counts.
   */
  #inOrder(events: NonNullable<RecordedResponse['events']>): NonNullable<RecordedResponse['events']> {
    if (!this.#areChildren) return events
    const name = ({ object }: { readonly object: unknown }): string =>
      (object as { metadata?: { name?: string } }).metadata?.name ?? ''
    return [...events].sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0))
  }
}

/** Several field errors come in no certain order where upstream walks a map. */
function withSortedCauses(body: unknown): unknown {
  const { kind, details } = (body ?? {}) as { kind?: string; details?: { causes?: readonly unknown[] } }
  if (kind !== 'Status' || details?.causes === undefined) return body
  const causes = details.causes
    .map((cause) => canonical(cause))
    .sort()
    .map((cause) => JSON.parse(cause) as unknown)
  const { message } = body as { message?: string }
  return {
    ...(body as object),
    message: message === undefined ? undefined : messageSet(message),
    details: { ...details, causes },
  }
}

/** The rules of a SelfSubjectRulesReview come in no certain order. */
function asSets(body: unknown): unknown {
  const { kind, status } = (body ?? {}) as { kind?: string; status?: Record<string, unknown> }
  if (kind !== 'SelfSubjectRulesReview' || status === undefined) return body
  const sorted = (rules: unknown): unknown =>
    Array.isArray(rules)
      ? rules
          .map((rule) => JSON.stringify(rule))
          .sort()
          .map((rule) => JSON.parse(rule) as unknown)
      : rules
  return {
    ...(body as object),
    status: {
      ...status,
      resourceRules: sorted(status['resourceRules']),
      nonResourceRules: sorted(status['nonResourceRules']),
    },
  }
}
