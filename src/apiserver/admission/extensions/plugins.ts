import { quote } from '../../../lang/go/quote.js'
import { parseExactJson } from '../../../lang/go/json.js'
import type { MutatingWebhook } from '../../../api/admissionregistration/generated.js'
import type { KindDefinition, KubeObject } from '../../../api/kind/definition.js'
import { decode } from '../../../api/schema/decode.js'
import { DecodeError } from '../../../lang/json/decode-error.js'
import { internalError } from '../../errors.js'
import { applyJsonPatch, JsonPatchError } from '../../../lang/patch/json-patch.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from '../plugin.js'
import { sameJson } from '../../../lang/json/same-json.js'
import { goJson } from './audit-notes.js'
import { type ExtensionConfiguration, inVersion } from './configuration.js'
import { isExempt } from './matching.js'
import { validatingAdmissionPolicy } from './policies.js'
import { askWebhook, webhookMatch, type AllowedResponse } from './webhooks.js'
import { byKey } from '../../../lang/text/order.js'

/** Returns the plugins of mutating webhooks, policies and validating webhooks, in upstream's order. */
export function extensionPlugins(configuration: ExtensionConfiguration): readonly AdmissionPlugin[] {
  return [
    mutatingWebhooks(configuration),
    validatingAdmissionPolicy(configuration),
    validatingWebhooks(configuration),
  ]
}

function validatingWebhooks(configuration: ExtensionConfiguration): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    seesConnections: true,
    validate: (attributes, context) => {
      if (configuration.validating.length === 0 || isExempt(attributes)) return
      let index = 0
      for (const webhook of configuration.validating.flatMap(({ webhooks = [] }) => webhooks)) {
        const as = webhookMatch(webhook, attributes, context, configuration)
        if (as === undefined) continue
        const response = askWebhook(webhook, as, attributes, context, configuration)
        if (response === undefined)
          attributes.annotate(
            `failed-open.validating.webhook.admission.k8s.io/round_0_index_${index}`,
            webhook.name,
          )
        index++
      }
    },
  }
}

function mutatingWebhooks(configuration: ExtensionConfiguration): AdmissionPlugin {
  const mutate: NonNullable<AdmissionPlugin['mutate']> = (attributes, context) => {
    if (configuration.mutating.length === 0 || isExempt(attributes)) return false
    return new MutatingRound(configuration, attributes, context).run()
  }
  return {
    name: 'MutatingAdmissionWebhook',
    seesConnections: true,
    mutate,
    // a deletion has no object to change, but upstream calls its mutating webhooks, too
    validate: (attributes, context) => {
      if (attributes.operation === 'DELETE') mutate(attributes, context)
    },
  }
}

/** A webhook with the name of its configuration and its index among all webhooks. */
interface Listed {
  readonly webhook: MutatingWebhook
  readonly configuration: string
  readonly index: number
}

/** Sorts the members of a patch's operations by name, as Go writes maps. */
function sortedMembers(operations: readonly unknown[]): readonly unknown[] {
  return operations.map((operation) =>
    typeof operation !== 'object' || operation === null
      ? operation
      : Object.fromEntries(Object.entries(operation).sort(byKey)),
  )
}

/**
 * Calls all mutating webhooks in order. Those with reinvocationPolicy IfNeeded are called again if later ones
 * changed the object.
 */
class MutatingRound {
  readonly #configuration: ExtensionConfiguration
  readonly #attributes: AdmissionAttributes
  readonly #context: AdmissionContext
  /** Webhooks that have been called, and those that are called again after a change. */
  readonly #asked: Listed[] = []

  constructor(
    configuration: ExtensionConfiguration,
    attributes: AdmissionAttributes,
    context: AdmissionContext,
  ) {
    this.#configuration = configuration
    this.#attributes = attributes
    this.#context = context
  }

  /** Returns whether the object has changed, which makes the built-in plugins run once more. */
  run(): boolean {
    const again = new Set<Listed>()
    let changed = false
    const isSecond = this.#attributes.isReinvocation === true
    const all = this.#configuration.mutating.flatMap(({ metadata, webhooks = [] }) =>
      webhooks.map((webhook) => ({ webhook, configuration: metadata.name ?? '' })),
    )
    for (const listed of all.map((one, index) => ({ ...one, index }))) {
      if (this.#ask(listed, isSecond ? 1 : 0)) {
        changed = true
        for (const other of this.#asked) if (other.webhook.reinvocationPolicy === 'IfNeeded') again.add(other)
      }
      this.#asked.push(listed)
    }
    for (const listed of again) this.#ask(listed, 1)
    return changed && !isSecond
  }

  /** Returns whether the webhook has changed the object, and adds that to the audit event. */
  #ask({ webhook, configuration, index }: Listed, round: 0 | 1): boolean {
    const { isReinvocation, annotate } = this.#attributes
    if (isReinvocation === true && webhook.reinvocationPolicy !== 'IfNeeded') return false
    const as = webhookMatch(webhook, this.#attributes, this.#context, this.#configuration)
    if (as === undefined) return false
    const key = `webhook.admission.k8s.io/round_${round}_index_${index}`
    const about = { configuration, webhook: webhook.name }
    let mutated = false
    try {
      const response = askWebhook(webhook, as, this.#attributes, this.#context, this.#configuration)
      if (response === undefined) annotate(`failed-open.mutation.${key}`, webhook.name)
      else mutated = this.#apply(webhook, response, as)
      if (mutated)
        annotate(
          `patch.${key}`,
          goJson({ ...about, patch: sortedMembers(operationsOf(response?.patch)), patchType: 'JSONPatch' }),
        )
    } finally {
      annotate(`mutation.${key}`, goJson({ ...about, mutated }))
    }
    return mutated
  }

  #apply({ name, failurePolicy }: MutatingWebhook, response: AllowedResponse, as: KindDefinition): boolean {
    const { object, definition, operation } = this.#attributes
    const { patch, patchType } = response
    // the options of a connection are what the client asked for
    if (patch === undefined || object === undefined || operation === 'CONNECT') return false
    try {
      if (patchType !== undefined && patchType !== 'JSONPatch')
        throw new JsonPatchError(`unsupported patch type ${JSON.stringify(patchType)}`)
      const before = inVersion(object, definition, as)
      const patched = inVersion(this.#read(applyJsonPatch(before, operationsOf(patch)), as), as, definition)
      if (
        sameJson(
          { ...patched, metadata: { ...patched.metadata, managedFields: undefined } },
          { ...object, metadata: { ...object.metadata, managedFields: undefined } },
        )
      )
        return false
      replaceWith(object, patched)
      return true
    } catch (error) {
      if (!(error instanceof JsonPatchError || error instanceof DecodeError || error instanceof SyntaxError))
        throw error
      if (failurePolicy === 'Ignore') return false
      throw internalError(`failed calling webhook ${quote(name)}: ${error.message}`)
    }
  }

  #read(patched: unknown, as: KindDefinition): KubeObject {
    const { group, version, resource, kind } = as
    const of = this.#configuration.dependencies.resources.at(group, version, resource)
    if (of === undefined) throw new DecodeError(`no kind "${kind}" is registered`)
    const { object } = decode<Record<string, unknown>>(of.message, patched)
    Object.assign(object, { apiVersion: of.apiVersion, kind })
    as.setDefaults?.(object as never)
    return object as unknown as KubeObject
  }
}

/**
 * Returns the operations of a patch: base64 of JSON as on the wire, or the operations themselves from a
 * handler in this process.
 */
function operationsOf(patch: unknown): readonly unknown[] {
  if (Array.isArray(patch)) return patch
  const bytes = Uint8Array.from(atob(String(patch)), (char) => char.charCodeAt(0))
  const operations: unknown = parseExactJson(new TextDecoder().decode(bytes))
  if (!Array.isArray(operations))
    throw new JsonPatchError('json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  return operations
}

function replaceWith(draft: KubeObject, next: KubeObject): void {
  const target = draft as unknown as Record<string, unknown>
  // managedFields were computed before admission, so that no manager owns the changes of webhooks
  const { managedFields } = draft.metadata
  for (const name of Object.keys(target)) if (!Object.hasOwn(next, name)) delete target[name]
  Object.assign(target, next, {
    metadata: { ...next.metadata, ...(managedFields === undefined ? {} : { managedFields }) },
  })
}
